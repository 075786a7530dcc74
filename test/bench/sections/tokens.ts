import { builtIn } from "../../programs/guest-setups.ts";
import { longOutputs } from "../agents/bench-task.ts";
import { measureDispatch } from "../agents/measured-dispatch.ts";
import type { Row, Section } from "../section.ts";
import { kilobytes } from "../table.ts";

const mostFirstBytes = 8 * 1024;
const calls = 10;

/** Counted, not timed: it is the same on every machine. */
export const tokens: Section = {
  name: "tokens",
  title: "Bytes to the model, one task with ten tool calls of 19 kB output",
  measure: async () => {
    const { requests } = await measureDispatch(builtIn("anthropic"), { task: longOutputs });
    const sizes = requests.map(({ bytes }) => bytes);
    return byteRows(sizes);
  },
};

/** @param sizes bytes of the worker's requests, in order: one before each tool call and one after the last */
function byteRows(sizes: readonly number[]): Row[] {
  if (sizes.length !== calls + 1)
    throw new Error(`${sizes.length} requests, where ${calls + 1} were expected`);
  const first = sizes[0] ?? 0;
  const sent = total(sizes);
  const naive = total(sizes.map((_, turn) => first + turn * wholeOutputBytes()));
  return [
    row(
      { name: "first request", what: "against what is allowed" },
      { ours: first, baseline: mostFirstBytes, bound: 1 },
    ),
    row(
      { name: "all requests", what: "against whole outputs sent again each turn" },
      { ours: sent, baseline: naive, bound: 0.3 },
    ),
  ];
}

/** One output as JSON has it, and nothing of what stands around it: the loop compared with is as cheap as one can be. */
function wholeOutputBytes(): number {
  const lines = Array.from({ length: 4000 }, (_, index) => `${index + 1}\n`);
  return JSON.stringify(`step 1\n${lines.join("")}`).length - 2;
}

type Counted = { ours: number; baseline: number; bound: number };

function row(about: Pick<Row, "name" | "what">, { ours, baseline, bound }: Counted): Row {
  const ratio = ours / baseline;
  return { ...about, ours: kilobytes(ours), baseline: kilobytes(baseline), ratio, bound, spread: 1 };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
