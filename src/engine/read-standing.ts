import { dispatcherStatus } from "../journal/lock.ts";
import { peekLatestRun } from "../journal/peek.ts";
import { readStandingFile } from "./standing-file.ts";
import { whoWorks } from "./who-works.ts";

/**
 * How the latest run stands, as its dispatcher kept it, and the process that works on it: read without its events. Null where
 * that is not all there is to say: nothing was kept or it is older than the events, somebody's request waits, or the
 * dispatcher is at another run.
 * @throws what SQLite throws where the journal cannot be read
 */
export function readStanding(folder: string): { body: Buffer; pid: number | null } | null {
  const latest = peekLatestRun(folder);
  if (latest === null || latest.waiting > 0) return null;
  const kept = readStandingFile({ folder, run: latest.run }, latest);
  if (kept === null) return null;
  const { dispatcher, elsewhere } = whoWorks(dispatcherStatus(folder), kept.begunAt);
  return elsewhere === null ? { body: kept.body, pid: dispatcher?.pid ?? null } : null;
}
