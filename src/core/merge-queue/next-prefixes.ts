/** What the merge queue knows when it decides how many of its changes to test together. */
export type MergeLine = {
  /** Changes in the line, in the order in which they would land. */
  waiting: number;
  /** So many of the first changes were tested together and were red; null when no such verdict stands. */
  red: number | null;
  /** Changes of this run that landed, and that were sent back by a gate of the queue. */
  history: { landed: number; ejected: number };
};

/**
 * How often a change may be red, from every other one to one in a thousand, and how likely each is before anything is known: small ones first.
 * A steeper prior takes fewer runs where one change is red and more where eight are (docs/decisions/0015-merge-queue-in-lines.md).
 */
const rates: readonly number[] = Array.from({ length: 10 }, (_, index) => 0.5 ** (index + 1));
const prior: readonly number[] = rates.map((rate) => rate ** -0.75);

/**
 * How many changes to test together next: for `slots` free gate slots as many different prefixes of the line, the most
 * telling first. A red prefix is split where both verdicts are equally likely, so each test halves what is not known; the
 * believed rate of red changes follows from what the run has seen. Empty when nothing is to be tested: of a line whose first
 * change alone is red, that is known already.
 */
export function nextPrefixes(line: MergeLine, slots: number): number[] {
  const most = line.red === null ? line.waiting : line.red - 1;
  const chance = chanceOfGreen(line);
  const found = new Set<number>();
  for (const share of sharesFor(slots)) {
    const whole = line.red === null && chance(most) >= share;
    const length = whole ? most : closest(most, (size) => Math.abs(chance(size) - share));
    if (length > 0) found.add(length);
  }
  return [...found];
}

/** One slot asks for an even chance; more ask for evenly spaced ones, the middle first. */
function sharesFor(slots: number): number[] {
  const shares = Array.from({ length: slots }, (_, index) => (index + 1) / (slots + 1));
  return shares.toSorted((a, b) => Math.abs(a - 0.5) - Math.abs(b - 0.5));
}

/** The larger of two that are equally good: it lands more. */
function closest(most: number, distance: (size: number) => number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let size = 1; size <= most; size += 1) {
    const far = distance(size);
    if (far <= least) [best, least] = [size, far];
  }
  return best;
}

/** The probability that the first `size` changes are green together, with all that is known. */
function chanceOfGreen({ red, history }: MergeLine): (size: number) => number {
  // In logarithms: a thousand landed changes would be nothing in floating point.
  const logs = rates.map(
    (rate, index) =>
      Math.log(prior[index] ?? 0) + history.landed * Math.log1p(-rate) + history.ejected * Math.log(rate),
  );
  const highest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - highest));
  const allGreen = (size: number): number =>
    weights.reduce((sum, weight, index) => sum + weight * (1 - (rates[index] ?? 0)) ** size, 0);
  const redToo = red === null ? 0 : allGreen(red);
  return (size) => (allGreen(size) - redToo) / (allGreen(0) - redToo);
}
