import { seededRandom, type Random } from "./seeded-random.ts";

/** Node `i` needs nodes of lower numbers alone; how long it takes is in units. */
export type Graph = { needs: number[][]; durations: number[] };

export type Shape = { name: string; build: (size: number, seed: number) => Graph };

const lengths = [1, 1, 2, 2, 3, 5, 8];

/** Eight forms that plans have; the same for the same size and seed. */
export const shapes: readonly Shape[] = [
  shape("chain", (size) => rows(size).map((at) => (at === 0 ? [] : [at - 1]))),
  shape("wide", (size) => rows(size).map(() => [])),
  shape("layered", (size, random) => layered(size, random)),
  shape("random", (size, random) => rows(size).map((at) => someBefore(at, { from: 0, until: size, random }))),
  shape("diamond", (size) =>
    rows(size).map((at) => (at === 0 ? [] : at === size - 1 ? rows(at).slice(1) : [0])),
  ),
  shape("tree", (size) => rows(size).map((at) => (at === 0 ? [] : [Math.floor((at - 1) / 2)]))),
  { name: "hidden chain", build: hiddenChain },
  shape("two clusters", (size, random) => twoClusters(size, random)),
];

function shape(name: string, needsOf: (size: number, random: Random) => number[][]): Shape {
  return {
    name,
    build: (size, seed) => {
      const random = seededRandom(seed);
      return { needs: needsOf(size, random), durations: rows(size).map(() => pick(lengths, random)) };
    },
  };
}

/** Layers of ten, each node after one to three of the layer before. */
function layered(size: number, random: Random): number[][] {
  const width = 10;
  return rows(size).map((at) => {
    const before = Math.floor(at / width) * width - width;
    if (before < 0) return [];
    const picked = rows(1 + Math.floor(random() * 3)).map(() => before + Math.floor(random() * width));
    return [...new Set(picked)];
  });
}

/** A fifth of all nodes are one chain of long ones, and come last: first in, first out would begin it when all else is done. */
function hiddenChain(size: number, seed: number): Graph {
  const random = seededRandom(seed);
  const first = size - Math.floor(size / 5);
  return {
    needs: rows(size).map((at) => (at > first ? [at - 1] : [])),
    durations: rows(size).map((at) => (at >= first ? 5 : pick(lengths, random))),
  };
}

/** Two random halves, of which the second begins when the last node of the first has ended. */
function twoClusters(size: number, random: Random): number[][] {
  const half = Math.floor(size / 2);
  return rows(size).map((at) => {
    const from = at < half ? 0 : half;
    const some = someBefore(at, { from, until: from === 0 ? half : size, random });
    return at >= half && some.length === 0 ? [half - 1] : some;
  });
}

/** Each node after any of those before it, by a chance that makes it two on the average. */
function someBefore(at: number, { from, until, random }: Range & { random: Random }): number[] {
  const chance = Math.min(1, 4 / (until - from));
  return rows(at - from)
    .map((index) => from + index)
    .filter(() => random() < chance);
}

type Range = { from: number; until: number };

/**
 * Tasks cut out of a rectangle, `slots` high and `span` units long, so that the best makespan is known: `span`. A node needs
 * some of those that end where it begins or before.
 */
export function tiled({ slots, span }: { slots: number; span: number }, seed: number): Graph {
  const random = seededRandom(seed);
  const cut: { begin: number; end: number }[] = [];
  for (let slot = 0; slot < slots; slot += 1) {
    for (let begin = 0; begin < span;) {
      const end = Math.min(span, begin + pick(lengths, random));
      cut.push({ begin, end });
      begin = end;
    }
  }
  const nodes = cut.toSorted((a, b) => a.begin - b.begin);
  return {
    durations: nodes.map(({ begin, end }) => end - begin),
    needs: nodes.map(({ begin }, at) =>
      rows(at).filter((other) => (nodes[other]?.end ?? 0) <= begin && random() < 2 / nodes.length),
    ),
  };
}

function rows(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function pick(from: readonly number[], random: Random): number {
  return from[Math.floor(random() * from.length)] ?? 1;
}
