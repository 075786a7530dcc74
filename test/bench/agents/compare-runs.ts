import { sideBySide } from "./bench-task.ts";
import { baselineOf, eachEntry, type Entry } from "./entry.ts";
import { type Dispatched, measureDispatch, turnMs } from "./measured-dispatch.ts";
import { median, ratio, seconds, table } from "../table.ts";

const { ids, turnsFor } = sideBySide;
const turns = turnsFor(ids[0] ?? "").length;
const floorMs = turns * turnMs;

/** Time of eight workers at once. The agents take turns, so that a busy minute does not fall on one alone. */
export async function compareRuns(
  entries: readonly Entry[],
  { rounds }: { rounds: number },
): Promise<string> {
  const runs = new Map<Entry, Dispatched[]>(entries.map((entry) => [entry, []]));
  for (let round = 1; round <= rounds; round++) {
    const found = await eachEntry(entries, {
      what: `time, round ${round}`,
      measure: (setup) => measureDispatch(setup, { task: sideBySide }),
    });
    for (const [entry, run] of found) runs.get(entry)?.push(run);
  }
  const times = new Map(entries.map((entry) => [entry, timesOf(runs.get(entry) ?? [])]));
  const rows = [...times].map(([entry, { work, range, wall }]) => {
    const base = baselineOf(times, entry);
    return [
      entry.name,
      seconds(work),
      range,
      ratio(work, floorMs),
      ratio(work, base.work),
      seconds(wall),
      ratio(wall, base.wall),
    ];
  });
  const head = ["agent", "workers", "from, to", "of floor", "of api", "whole run", "of api"];
  const title = `## Time: ${ids.length} workers at once, ${turns} turns at ${turnMs} ms each`;
  const note = `Medians of ${rounds}; the floor of the workers is ${seconds(floorMs)}.`;
  return `${title}\n\n${note}\n\n${table(head, rows)}\n`;
}

type Times = { work: number; range: string; wall: number };

function timesOf(runs: readonly Dispatched[]): Times {
  const work = runs.map(({ workMs }) => workMs);
  return {
    work: median(work),
    range: `${seconds(Math.min(...work))} to ${seconds(Math.max(...work))}`,
    wall: median(runs.map(({ wallMs }) => wallMs)),
  };
}
