import { readTranscript } from "./conversation.ts";
import { readEvents } from "./event-log.ts";
import { damaged } from "./failure.ts";
import { pendingRequests } from "./inbox.ts";
import { numberOf, textOf } from "./row.ts";
import { listRuns } from "./run-table.ts";
import type { Store } from "./store.ts";

/**
 * Reads everything that anybody will ever read, with all checksums. @returns how many events there are.
 * @throws AgentxError JOURNAL_DAMAGED
 */
export function verify(store: Store): number {
  const { db, file } = store;
  const [found] = db.prepare("PRAGMA integrity_check(1)").all();
  const said = textOf(file, found?.["integrity_check"]);
  if (said !== "ok") throw damaged(file, said.split("\n").at(-1) ?? said);
  let events = 0;
  const runs = listRuns(store);
  for (const { run } of runs) {
    events += readEvents(store, run, 0).length;
    pendingRequests(store, run);
    const tasks = db.prepare("SELECT DISTINCT task FROM messages WHERE run = ?").all(run);
    for (const { task } of tasks) readTranscript(store, { run, task: textOf(file, task) });
  }
  const stray = db.prepare("SELECT count(DISTINCT run) AS count FROM events").get();
  if (numberOf(file, stray?.["count"]) > runs.length)
    throw damaged(file, "a run is missing from the list of runs");
  return events;
}
