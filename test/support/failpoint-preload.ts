// Loaded before agentx (`node --import`): writes each failpoint that is passed into a file, and strikes at the planned ones.
import { appendFileSync, readFileSync } from "node:fs";
import process from "node:process";
import { type Failpoint, hookFailpoints } from "../../src/sys/failpoint.ts";
import { diskFailure } from "./failpoint-error.ts";
import {
  addressOf,
  type FailpointPlan,
  planVariable,
  readTrace,
  type Signal,
  type Strike,
  struckMark,
} from "./failpoints.ts";

const { trace, strikes } = JSON.parse(readFileSync(process.env[planVariable] ?? "", "utf8")) as FailpointPlan;
// A run goes on over several processes, and so does the count.
const passed = readTrace(trace);
const counts = new Map<string, number>();
for (const { address } of passed) {
  const [name = ""] = address.split("#");
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
let struck = 0;
/** Since the last strike: events that were journaled, and failpoints after enough of them. */
let appends = 0;
let points = 0;
for (const one of passed) count(one.address, one.struck);

function isDue(strike: Strike | undefined, address: string): boolean {
  if (strike === undefined) return false;
  return "at" in strike ? strike.at === address : points === strike.points;
}

/** @returns whether this is where to strike */
function count(address: string, wasStruck: boolean | null): boolean {
  const strike = strikes[struck];
  if (strike !== undefined && "appends" in strike && appends >= strike.appends) points += 1;
  const strikesNow = wasStruck ?? isDue(strike, address);
  if (address.startsWith("journal.append:after")) appends += 1;
  if (strikesNow) [struck, appends, points] = [struck + 1, 0, 0];
  return strikesNow;
}

hookFailpoints((at: Failpoint) => {
  const name = `${at.effect}:${at.edge}`;
  const nth = (counts.get(name) ?? 0) + 1;
  counts.set(name, nth);
  const address = addressOf(at, nth);
  const strike = strikes[struck];
  const strikesNow = count(address, null);
  appendFileSync(trace, `${address}${strikesNow ? struckMark : ""}\n`);
  if (strike === undefined || !strikesNow) return;
  if (strike.mode === "error") throw diskFailure(at.effect, strike.code);
  if (strike.mode === "signal") return raise(strike.signal, strike.twice);
  process.kill(process.pid, "SIGKILL");
  // Nothing more of this process may happen until the kernel has ended it.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});

function raise(signal: Signal, twice: boolean): void {
  process.kill(process.pid, signal);
  // Two at the same moment may count as one.
  if (twice) setTimeout(() => process.kill(process.pid, signal), 10);
}
