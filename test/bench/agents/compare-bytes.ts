import { longOutputs } from "./bench-task.ts";
import { baselineOf, eachEntry, type Entry } from "./entry.ts";
import { measureDispatch } from "./measured-dispatch.ts";
import { kilobytes, ratio, table } from "../table.ts";

/** What is sent to the model for one task with long outputs. It is the same each time, so once is enough. */
export async function compareBytes(entries: readonly Entry[]): Promise<string> {
  const found = await eachEntry(entries, {
    what: "bytes",
    measure: async (setup) => (await measureDispatch(setup, { task: longOutputs })).requests,
  });
  const rows = [...found].map(([entry, requests]) => {
    const base = baselineOf(found, entry);
    const turns = requests.filter(({ isTurn }) => isTurn);
    return [
      entry.name,
      String(requests.length),
      kilobytes(turns[0]?.bytes ?? 0),
      kilobytes(turns.at(-1)?.bytes ?? 0),
      kilobytes(sum(requests)),
      ratio(sum(requests), sum(base)),
    ];
  });
  const head = ["agent", "requests", "first turn", "last turn", "all", "of api"];
  const title = "## Bytes to the model: one task, ten tool calls with 19 kB of output each";
  return `${title}\n\n${table(head, rows)}`;
}

function sum(requests: readonly { bytes: number }[]): number {
  return requests.reduce((total, { bytes }) => total + bytes, 0);
}
