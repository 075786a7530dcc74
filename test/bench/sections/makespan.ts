import { realRun } from "../makespan/real-run.ts";
import { criticalPathFirst, lowerBound, waves } from "../makespan/schedules.ts";
import { seededRandom } from "../makespan/seeded-random.ts";
import { shapes, tiled, type Graph } from "../makespan/shapes.ts";
import { simulatedRun, tasksOf, type Guess } from "../makespan/simulated-run.ts";
import type { Row, Section } from "../section.ts";

const known: Guess = (duration) => duration;
const unsaid: Guess = () => null;

/** Too long or too short by up to three times. */
function wrongBy3(seed: number): Guess {
  const random = seededRandom(seed);
  return (duration) => duration * 3 ** (2 * random() - 1);
}

/** Counted in units, but for the last row: the core under a simulated clock says the same on every machine. */
export const makespan: Section = {
  name: "makespan",
  title: "Makespan of plans of eight shapes, by 4, 8 and 32 slots",
  measure: async ({ quick }) => [
    ...makespanRows({ size: 100, seeds: quick ? 1 : 5, slotCounts: [4, 8, 32] }),
    ...(quick ? [] : [await realRow()]),
  ],
};

/** `seeds` is how many graphs of each shape there are, of `size` tasks each. */
type Extent = { size: number; seeds: number; slotCounts: readonly number[] };

export function makespanRows(extent: Extent): Row[] {
  const cases = casesOf(extent);
  const ours = (guess: (seed: number) => Guess, among: readonly Case[] = cases): number[] =>
    among.map(({ graph, slots, seed }) => simulatedRun(graph, { slots, tasks: tasksOf(graph, guess(seed)) }));
  const best = cases.map(({ graph, slots }) => criticalPathFirst(graph, slots));
  const withEstimates = ours(() => known);
  const only = (
    wanted: (each: Case) => boolean,
    against: (graph: Graph, slots: number) => number,
  ): Compared => {
    const at = [...cases.keys()].filter((index) => wanted(cases[index] ?? missing()));
    return {
      ours: at.map((index) => withEstimates[index] ?? missing()),
      baseline: at.map((index) =>
        against(cases[index]?.graph ?? missing(), cases[index]?.slots ?? missing()),
      ),
    };
  };
  return [
    row("estimates that hold", {
      what: "against whoever knows all and loses no time, the longest chain first",
      bound: 1.03,
      compared: { ours: withEstimates, baseline: best },
    }),
    row("estimates wrong by up to 3 times", {
      what: "against the same",
      bound: 1.12,
      compared: { ours: ours((seed) => wrongBy3(seed)), baseline: best },
    }),
    row("no estimates", {
      what: "against the same; the run learns nothing, since its tasks differ in nothing but their length",
      bound: 1.12,
      compared: { ours: ours(() => unsaid), baseline: best },
    }),
    row("hidden chain", {
      what: "against the longest chain, or the work by the slots",
      bound: 1.05,
      compared: only(({ shape }) => shape === "hidden chain", lowerBound),
    }),
    row("random, 8 slots", {
      what: "against one level of the plan after the other",
      bound: 0.6,
      compared: only(({ shape, slots }) => shape === "random" && slots === 8, waves),
    }),
    row("cut out of a rectangle", {
      what: "against the best that there is, which is known",
      bound: 1.08,
      compared: tiledCases(extent),
    }),
  ];
}

type Case = { shape: string; graph: Graph; slots: number; seed: number };
type Compared = { ours: number[]; baseline: number[] };

function casesOf({ size, seeds, slotCounts }: Extent): Case[] {
  return shapes.flatMap(({ name, build }) =>
    seedsUpTo(seeds).flatMap((seed) =>
      slotCounts.map((slots) => ({ shape: name, graph: build(size, seed), slots, seed })),
    ),
  );
}

function tiledCases({ size, seeds, slotCounts }: Extent): Compared {
  const cases = seedsUpTo(seeds).flatMap((seed) =>
    slotCounts.map((slots) => {
      const span = Math.round((3 * size) / slots);
      return { graph: tiled({ slots, span }, seed), slots, span };
    }),
  );
  return {
    ours: cases.map(({ graph, slots }) => simulatedRun(graph, { slots, tasks: tasksOf(graph, known) })),
    baseline: cases.map(({ span }) => span),
  };
}

/** The whole program, with its processes and sandboxes; what it loses to them is in the ratio. */
async function realRow(): Promise<Row> {
  const graph = shapes.find(({ name }) => name === "random")?.build(40, 1) ?? missing();
  const compared = { ours: [await realRun(graph, 4)], baseline: [criticalPathFirst(graph, 4)] };
  const what = "a dispatch of 40 tasks in 4 slots, a scripted model with delays; against the first row's";
  return row("in real time", { what, bound: 1.15, compared });
}

function row(
  name: string,
  { what, bound, compared }: { what: string; bound: number; compared: Compared },
): Row {
  const ratios = compared.ours.map((units, index) => units / (compared.baseline[index] ?? missing()));
  const mean = (of: number[]): string =>
    `${(of.reduce((sum, each) => sum + each, 0) / of.length).toFixed(1)}`;
  return {
    name,
    what,
    ours: mean(compared.ours),
    baseline: mean(compared.baseline),
    ratio: geometricMean(ratios),
    bound,
    spread: 1,
  };
}

function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

function seedsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function missing(): never {
  throw new Error("a case without its numbers");
}
