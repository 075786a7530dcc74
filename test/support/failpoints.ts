import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Failpoint } from "../../src/sys/failpoint.ts";
import type { DiskCode } from "./failpoint-error.ts";
import type { Place } from "./project.ts";

/** One failpoint of a run: the effect, the side, and how often it was passed. `git.update-ref:after#7`. */
export type Address = string;

/**
 * Where: at an address, or `points` failpoints on, counted from when `appends` events have been journaled since the last
 * strike. What: an error is what the effect throws when its disk fails so; a signal may come twice, as from an impatient person.
 */
export type Strike = ({ at: Address } | { appends: number; points: number }) &
  ({ mode: "kill" } | { mode: "error"; code: DiskCode } | { mode: "signal"; signal: Signal; twice: boolean });

export type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Strikes come one after the other: the next one waits until the one before has struck. */
export type FailpointPlan = { trace: string; strikes: readonly Strike[] };

export const planVariable = "AGENTX_TEST_FAILPOINTS";
/** Ends the line of a failpoint that was struck. */
export const struckMark = " struck";

export function addressOf({ effect, edge }: Failpoint, nth: number): Address {
  return `${effect}:${edge}#${nth}`;
}

/** How to run agentx so that it strikes, and what it has passed so far, over all of its processes. */
export function withFailpoints(
  folder: string,
  strikes: readonly Strike[],
): {
  place: Required<Pick<Place, "env" | "preload">>;
  passed: () => { address: Address; struck: boolean }[];
} {
  const trace = join(folder, "failpoints.trace");
  const plan = join(folder, "failpoints.json");
  writeFileSync(plan, JSON.stringify({ trace, strikes } satisfies FailpointPlan));
  const preload = fileURLToPath(new URL("failpoint-preload.ts", import.meta.url));
  return { place: { env: { [planVariable]: plan }, preload }, passed: () => readTrace(trace) };
}

export function readTrace(trace: string): { address: Address; struck: boolean }[] {
  if (!existsSync(trace)) return [];
  const lines = readFileSync(trace, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => ({
    address: line.replace(struckMark, ""),
    struck: line.endsWith(struckMark),
  }));
}
