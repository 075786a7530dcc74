import { sideBySide } from "./bench-task.ts";
import { baselineOf, eachEntry, type Entry } from "./entry.ts";
import { measureDispatch } from "./measured-dispatch.ts";
import type { MemoryPeak } from "./sample-memory.ts";
import { mib, ratio, table } from "../table.ts";

/** Peak memory of eight workers at once, in runs of their own: looking at memory costs time. */
export async function compareMemory(entries: readonly Entry[]): Promise<string> {
  const found = await eachEntry(entries, { what: "memory", measure: peakOf });
  const rows = [...found].map(([entry, { bytes, dispatcherBytes, processes }]) => [
    entry.name,
    mib(bytes),
    ratio(bytes, baselineOf(found, entry).bytes),
    mib(dispatcherBytes),
    mib((bytes - dispatcherBytes) / sideBySide.ids.length),
    String(processes),
  ]);
  const head = ["agent", "peak", "of api", "dispatcher", "each worker", "processes"];
  const title = `## Memory: ${sideBySide.ids.length} workers at once, sum of PSS at the peak`;
  return `${title}\n\n${table(head, rows)}\n`;
}

async function peakOf(setup: Entry["setup"]): Promise<MemoryPeak> {
  const { memory } = await measureDispatch(setup, { task: sideBySide, memory: true });
  if (memory === null) throw new Error(`no memory was measured for ${setup.agent}`);
  return memory;
}
