import type { Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";

/** Far more than anybody writes; the parser's time grows with the square of what is nested or repeated. */
const mostCharacters = 64 * 1024;
const mostLevels = 200;

/** Why a text is not even parsed, or null. */
export function beyondLimits(text: string, file: string): Problem | null {
  if (text.length > mostCharacters) {
    const what = `the file is ${Math.ceil(text.length / 1024)} KiB large`;
    return { where: placeAt(file, 1), what, hint: `write at most ${mostCharacters / 1024} KiB` };
  }
  const line = firstTooDeep(text);
  if (line === null) return null;
  const what = `more than ${mostLevels} levels deep`;
  return { where: placeAt(file, line), what, hint: "no key of this file is nested that deep" };
}

/** By its brackets and by its indentation; brackets in quotes are counted too, which nobody has that many of. */
function firstTooDeep(text: string): number | null {
  let open = 0;
  for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
    for (const char of line) {
      if (char === "[" || char === "{") open += 1;
      else if ((char === "]" || char === "}") && open > 0) open -= 1;
      if (open > mostLevels) return index + 1;
    }
    // What lists nest in one line: "- - - a".
    const marks = /^[ \t]*(?:[-?:][ \t]+)*/.exec(line)?.[0].length ?? 0;
    if (marks > 4 * mostLevels) return index + 1;
  }
  return null;
}
