import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RunEnd } from "../journal/run-table.ts";
import { effectSync } from "../sys/failpoint.ts";
import { readVersion } from "../sys/version.ts";

type Place = { folder: string; run: string };

/** A text, and the end of the events that it follows from; `begunAt` is when a dispatcher took the run up last, since 1970. */
export type KeptStanding = RunEnd & { begunAt: number; body: Buffer };

/**
 * Keeps how a run stands beside its events, twice: to compare the two takes a status no time, and a checksum without Node's
 * streams would take longer than all the rest. It is no truth of its own: it may be deleted at any time, and is not made
 * durable.
 */
export function writeStandingFile({ folder, run }: Place, kept: KeptStanding): void {
  const file = standingFile({ folder, run });
  effectSync("standing.keep", () => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, Buffer.concat([Buffer.from(`${labelOf(kept)}\n`), kept.body, kept.body]));
    renameSync(`${file}.new`, file);
  });
}

/** What was kept for exactly these events by exactly this agentx; null where nothing was, or it is not whole. */
export function readStandingFile(place: Place, { lastSeq, lastSum }: RunEnd): KeptStanding | null {
  const bytes = readIfThere(standingFile(place));
  const cut = bytes.indexOf("\n");
  const label = bytes.toString("latin1", 0, Math.max(0, cut));
  const middle = cut + 1 + (bytes.length - cut - 1) / 2;
  const body = bytes.subarray(cut + 1, middle);
  const kept = { lastSeq, lastSum, begunAt: Number(label.split(" ").at(-1)), body };
  return label === labelOf(kept) && body.equals(bytes.subarray(middle)) ? kept : null;
}

/** Another version may show other things of the same events. */
function labelOf({ lastSeq, lastSum, begunAt, body }: KeptStanding): string {
  return [readVersion(), lastSeq, lastSum, body.length, begunAt].join(" ");
}

function standingFile({ folder, run }: Place): string {
  return join(folder, "runs", run, "standing.txt");
}

function readIfThere(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}
