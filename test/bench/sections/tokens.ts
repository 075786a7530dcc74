import { builtIn } from "../../programs/guest-setups.ts";
import { longOutputs, sideBySide } from "../agents/bench-task.ts";
import { measureDispatch } from "../agents/measured-dispatch.ts";
import { continues, prefixOf, type RequestPrefix, sharedHead } from "../agents/request-prefix.ts";
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
    const others = await measureDispatch(builtIn("anthropic"), { task: sideBySide });
    return [
      ...byteRows(requests.map(({ bytes }) => bytes)),
      turnsRow(requests.map(({ body }) => prefixOf(body))),
      workersRow(others.requests.map(({ body }) => prefixOf(body))),
    ];
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

/** @param prefixes of one worker's requests, in order */
function turnsRow(prefixes: readonly RequestPrefix[]): Row {
  const pairs = prefixes.slice(1).map((later, at) => [prefixes[at] ?? later, later] as const);
  const broken = pairs.filter(([earlier, later]) => !continues(earlier, later)).length;
  const about = { name: "prefix over turns", what: "turns that change what was sent before, of all" };
  const [ours, baseline] = [String(broken), String(pairs.length)];
  return { ...about, ours, baseline, ratio: broken / pairs.length, bound: 0, spread: 1 };
}

/** @param prefixes of all requests of workers at different tasks */
function workersRow(prefixes: readonly RequestPrefix[]): Row {
  const [first] = prefixes;
  if (first === undefined) throw new Error("no worker has asked anything");
  const own = Math.max(...prefixes.map((one) => 1 - sharedHead(first, one)));
  const bytes = Buffer.byteLength(first.head);
  const about = { name: "prefix over workers", what: "what is one's own of tools and system prompt, of all" };
  return {
    ...about,
    ours: kilobytes(own * bytes),
    baseline: kilobytes(bytes),
    ratio: own,
    bound: 0.05,
    spread: 1,
  };
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
