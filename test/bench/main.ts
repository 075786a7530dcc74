/**
 * `npm run bench [-- --quick] [-- --only sandbox,gates]`: what agentx costs beside the same work without it, against
 * bounds. See docs/performance.md. Exits 1 when a row is over its bound, or could not be measured on this machine.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { describeMachine } from "./machine.ts";
import { pickSections, runSections } from "./run-sections.ts";
import { conflicts } from "./sections/conflicts.ts";
import { dependencies } from "./sections/dependencies.ts";
import { fanOut } from "./sections/fan-out.ts";
import { gates } from "./sections/gates.ts";
import { longRun } from "./sections/long-run.ts";
import { makespan } from "./sections/makespan.ts";
import { sandbox } from "./sections/sandbox.ts";
import { scale } from "./sections/scale.ts";
import { startUp } from "./sections/start-up.ts";
import { throughput } from "./sections/throughput.ts";
import { tokens } from "./sections/tokens.ts";
import { worktrees } from "./sections/worktrees.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string" } },
});
const print = (text: string): void => void process.stdout.write(`${text}\n`);
const picked = pickSections(
  [
    sandbox,
    fanOut,
    gates,
    dependencies,
    startUp,
    scale,
    tokens,
    throughput,
    longRun,
    worktrees,
    makespan,
    conflicts,
  ],
  values.only,
);
print(`# What agentx costs\n\n${describeMachine()}\n`);
process.exitCode = (await runSections(picked, { quick: values.quick, print })) ? 0 : 1;
