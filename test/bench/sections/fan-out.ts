import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { turnMs } from "../agents/measured-dispatch.ts";
import { benchFolder } from "../bench-folder.ts";
import { runWorkers, turns } from "../fan-out/run-workers.ts";
import type { FannedOut } from "../fan-out/work.ts";
import type { Row, Section } from "../section.ts";
import { median, mib, seconds } from "../table.ts";

const asked = [
  { workers: 8, bound: 1.1 },
  { workers: 100, bound: 1.25 },
  { workers: 500, bound: 1.5 },
];
const cores = 2;
const mostLateMs = 20;
const mostBytes = 90 * 2 ** 20;

/** Against what cannot be had faster: the model's time, or the tools' own on the cores, whichever is longer. */
export const fanOut: Section = {
  name: "fan-out",
  title: "Many workers at once in one process, ten tool calls of 19 kB output each, the model at 200 ms",
  measure: async ({ quick }) => {
    using folder = benchFolder();
    const codeFolder = join(folder.path, "code");
    mkdirSync(codeFolder);
    const run = (workers: number, memory = false) => runWorkers({ workers, codeFolder, memory });
    // Compiles what the others load.
    await run(1);
    const rows: Row[] = [];
    for (const { workers, bound } of quick ? asked.slice(0, 2) : asked) {
      const times = quick || workers > 100 ? 1 : 3;
      const found: FannedOut[] = [];
      for (let time = 0; time < times; time += 1) found.push(await run(workers));
      rows.push(timeRow(found, { workers, bound }));
      if (workers === 100) rows.push(lateRow(found));
    }
    const { memory } = await run(8, true);
    if (memory === null) throw new Error("no memory was measured");
    rows.push({
      name: "memory of 8",
      what: `most of the process and all below it (PSS; the process itself ${mib(memory.dispatcherBytes)}); against what is allowed`,
      ours: mib(memory.bytes),
      baseline: mib(mostBytes),
      ratio: memory.bytes / mostBytes,
      bound: 1,
      spread: 1,
    });
    return rows;
  },
};

function timeRow(found: readonly FannedOut[], { workers, bound }: { workers: number; bound: number }): Row {
  const floors = found.map(({ bareMs }) =>
    Math.max(turns * turnMs, (workers * (turns - 1) * bareMs) / cores),
  );
  return {
    name: `${workers} workers`,
    what: "from the first call to the last word, the opening of their sandboxes included",
    ours: seconds(median(found.map(({ workMs }) => workMs))),
    baseline: seconds(median(floors)),
    ratio: median(found.map(({ workMs }, index) => workMs / (floors[index] ?? Number.NaN))),
    bound,
    spread: spreadOf(found),
  };
}

/** How far single commands of nobody's lie apart, which is the machine's doing. */
function spreadOf(found: readonly FannedOut[]): number {
  return Math.max(...found.map(({ bareMs, bareLeastMs }) => bareMs / bareLeastMs));
}

function lateRow(found: readonly FannedOut[]): Row {
  const lateMs = median(found.map(({ lateP99Ms }) => lateP99Ms));
  return {
    name: "lateness at 100",
    what: "of the event loop, all but the worst hundredth; against what is allowed",
    ours: `${lateMs.toFixed(1)} ms`,
    baseline: `${mostLateMs} ms`,
    ratio: lateMs / mostLateMs,
    bound: 1,
    spread: spreadOf(found),
  };
}
