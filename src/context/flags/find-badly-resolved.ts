import type { Found } from "./finding.ts";

/** A file that both sides of a merge changed, in four versions; null where it is not there. */
export type Resolution = {
  path: string;
  /** Where the sides parted. */
  before: string | null;
  task: string | null;
  landed: string | null;
  resolved: string | null;
};

const kind = "badly-resolved";

/**
 * Conflicts that were not brought together: markers are left, or not one of the words that a side alone had brought is
 * there any more. Words, because whoever puts two lines together writes a third.
 */
export function findBadlyResolved(resolutions: readonly Resolution[]): Found[] {
  return resolutions.flatMap(({ path, before, task, landed, resolved }): Found[] => {
    const versions = [before, task, landed];
    if (hasMarkers(resolved) && !versions.some(hasMarkers))
      return [found(path, "holds the markers of a conflict", resolved)];
    const [old, ours, theirs, kept] = [before, task, landed, resolved].map(wordsOf);
    if (old === undefined || ours === undefined || theirs === undefined || kept === undefined) return [];
    const alone = (side: Set<string>, other: Set<string>): string[] =>
      [...side].filter((word) => !old.has(word) && !other.has(word));
    const sides = [
      { words: alone(theirs, ours), why: "has nothing left of what had landed there" },
      { words: alone(ours, theirs), why: "has nothing left of what this task had changed" },
    ];
    return sides
      .filter(({ words }) => words.length > 0 && !words.some((word) => kept.has(word)))
      .map(({ words, why }) => found(path, why, words.join(" ")));
  });
}

function found(file: string, why: string, quote: string | null): Found {
  return { kind, file, line: 0, quote: (quote ?? "").slice(0, 160), why };
}

function hasMarkers(text: string | null): boolean {
  return text !== null && /^<{7} /m.test(text) && /^>{7} /m.test(text);
}

function wordsOf(text: string | null): Set<string> {
  return new Set(text?.match(/[\p{L}\p{N}_]+/gu));
}
