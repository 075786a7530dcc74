/** 1-based line of a character. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

const contextLines = 3;
const maxCandidates = 20_000;

/** The lines of a text that look most like the first telling line of `wanted`, numbered; empty when none does. */
export function nearestLines(text: string, wanted: string): string {
  const lines = text.split("\n");
  const needle = wanted
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line.length > 2);
  if (needle === undefined) return "";
  const grams = bigrams(needle);
  let best = { at: -1, score: 0.35 };
  for (const [at, line] of lines.slice(0, maxCandidates).entries()) {
    const score = likeness(grams, line.trim());
    if (score > best.score) best = { at, score };
  }
  if (best.at === -1) return "";
  const first = Math.max(0, best.at - contextLines);
  const last = best.at + Math.max(contextLines, Math.min(wanted.split("\n").length, 12)) + 1;
  return lines
    .slice(first, last)
    .map((line, index) => `${first + index + 1}\t${line.slice(0, 200)}`)
    .join("\n");
}

/** Dice coefficient over pairs of characters: 1 for the same line, 0 for nothing in common. */
function likeness(wanted: Map<string, number>, line: string): number {
  const found = bigrams(line.slice(0, 400));
  let shared = 0;
  for (const [gram, count] of wanted) shared += Math.min(count, found.get(gram) ?? 0);
  const total = sum(wanted) + sum(found);
  return total === 0 ? 0 : (2 * shared) / total;
}

function sum(grams: Map<string, number>): number {
  let total = 0;
  for (const count of grams.values()) total += count;
  return total;
}

function bigrams(line: string): Map<string, number> {
  const grams = new Map<string, number>();
  for (let at = 0; at + 1 < line.length; at += 1) {
    const gram = line.slice(at, at + 2);
    grams.set(gram, (grams.get(gram) ?? 0) + 1);
  }
  return grams;
}
