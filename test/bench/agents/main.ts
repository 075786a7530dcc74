/**
 * `npm run bench:agents [-- --quick] [-- --only claude,codex]`: what the built-in loop and the agent programs cost beside
 * each other, in time, memory and bytes to the model. See docs/performance.md. Exits 1 when a run did not merge its tasks.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { builtIn, guestSetups } from "../../programs/guest-setups.ts";
import { installProgram } from "../../support/npm-program.ts";
import { compareBytes } from "./compare-bytes.ts";
import { compareMemory } from "./compare-memory.ts";
import { compareRuns } from "./compare-runs.ts";
import type { Entry } from "./entry.ts";
import { describeMachine, loadNow } from "../machine.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string" } },
});
const wanted = values.only?.split(",") ?? Object.keys(guestSetups);
const setups = wanted.map((name) => {
  const setup = guestSetups[name];
  if (setup === undefined)
    throw new Error(`--only: no agent "${name}"; there are ${Object.keys(guestSetups).join(", ")}`);
  return { name, setup };
});
const vendors = [...new Set(setups.map(({ setup }) => setup.vendor))];
const entries: Entry[] = [
  ...vendors.map((vendor) => ({ name: `api (${vendor})`, setup: builtIn(vendor) })),
  ...setups,
];
const programs = [...new Set(setups.flatMap(({ setup }) => setup.install))];
for (const program of programs) await installProgram(program);

const print = (text: string): void => void process.stdout.write(`${text}\n`);
print(`# Agents side by side\n\n${describeMachine(programs)}\n- load before: ${loadNow()}\n`);
// Bytes first: these runs also bring every program's files into memory.
const bytes = await compareBytes(entries);
print(await compareRuns(entries, { rounds: values.quick ? 1 : 3 }));
print(await compareMemory(entries));
print(bytes);
print(`\nLoad after: ${loadNow()}.`);
