/** Longer words are not compared: nobody mistypes one, and the comparison costs length × length. */
const maxLength = 100;

/**
 * The candidate that `word` most likely means, or null when none is near: at most a third of the letters
 * (at least one) are wrong, missing, superfluous or swapped with a neighbour. The first of equals wins.
 */
export function closest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > maxLength) return null;
  const wanted = word.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `Did you mean "needs"?`, or `otherwise` when nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>, otherwise = ""): string {
  const near = closest(word, candidates);
  return near === null ? otherwise : `Did you mean "${near}"?`;
}

/** Levenshtein's distance in which swapping two neighbours counts as one step. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let steps = Math.min(
        at(above, column) + 1,
        at(current, column - 1) + 1,
        at(above, column - 1) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) steps = Math.min(steps, at(before, column - 2) + 1);
      current.push(steps);
    }
    [before, above] = [above, current];
  }
  return at(above, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? 0;
}
