import { type Found, quoteOf } from "./finding.ts";

/** A file that both sides of a merge changed, in four versions; null where it is not there. */
export type Resolution = {
  path: string;
  /** Where the sides parted. */
  before: string | null;
  task: string | null;
  landed: string | null;
  resolved: string | null;
};

/**
 * Conflicts that were not brought together: markers are left, or not one of the words that a side alone had brought is
 * there any more. Words, because whoever puts two lines together writes a third.
 */
export function findBadlyResolved(resolutions: readonly Resolution[]): Found[] {
  return resolutions.flatMap(({ path, before, task, landed, resolved }): Found[] => {
    // Another way to settle it is another change, and asked about again.
    const found = { kind: "badly-resolved", file: path, line: 0, about: resolved ?? "" } as const;
    if (hasMarkers(resolved) && ![before, task, landed].some(hasMarkers))
      return [{ ...found, quote: "", why: "holds the markers of a conflict" }];
    const kept = wordsOf(resolved);
    const sides = [
      { words: newIn(landed, [before, task]), why: "has nothing left of what had landed there" },
      { words: newIn(task, [before, landed]), why: "has nothing left of what this task had changed" },
    ];
    return sides
      .filter(({ words }) => words.length > 0 && !words.some((word) => kept.has(word)))
      .map(({ words, why }) => ({ ...found, quote: quoteOf(words.join(" ")), why }));
  });
}

function hasMarkers(text: string | null): boolean {
  return text !== null && /^<{7} /m.test(text) && /^>{7} /m.test(text);
}

/** The words of `text` that none of the others has. */
function newIn(text: string | null, others: readonly (string | null)[]): string[] {
  const known = others.map(wordsOf);
  return [...wordsOf(text)].filter((word) => !known.some((words) => words.has(word)));
}

function wordsOf(text: string | null): Set<string> {
  return new Set(text?.match(/[\p{L}\p{N}_]+/gu));
}
