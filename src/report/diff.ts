import { plainText } from "../core/plain-text.ts";
import { createPaint, type Paint } from "./paint.ts";

/** A patch for the eye: no control sequence of its own, and painted where colours are wanted. */
export function renderDiff(patch: string, { colors }: { colors: boolean }): string {
  const paint = createPaint(colors);
  return plainText(patch)
    .split("\n")
    .map((line) => paintLine(line, paint))
    .join("\n");
}

const heads = ["diff ", "index ", "--- ", "+++ ", "new file ", "deleted file ", "old mode ", "new mode "];

function paintLine(line: string, paint: Paint): string {
  if (heads.some((head) => line.startsWith(head))) return paint.strong(line);
  if (line.startsWith("@@")) return paint.busy(line);
  if (line.startsWith("+")) return paint.good(line);
  return line.startsWith("-") ? paint.bad(line) : line;
}
