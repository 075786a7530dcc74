/**
 * A real program for the benches: so many built-in agents at once in this process, after one that has worked alone, each with ten tool calls in
 * a sandbox of its own and the last words, by a model that is reached with the environment. argv[2] is a folder of its own, argv[3] how many.
 * Prints a `FannedOut`.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import process from "node:process";
import type { WorkerJob } from "../../../src/agents/agent.ts";
import { createApiAgent } from "../../../src/agents/api/api-agent.ts";
import { openModel } from "../../../src/models/open-model.ts";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { workerJob } from "../../support/worker-job.ts";
import { median } from "../table.ts";

export type FannedOut = {
  /** Of the same command as the agents', by a shell without anything around it: milliseconds, one after the other. */
  bareMs: number;
  bareLeastMs: number;
  /** With the opening of their sandboxes, which are opened as the product's are, at the first command. */
  workMs: number;
  /** How late the event loop was while they worked, in milliseconds. */
  lateP99Ms: number;
};

const [, , folder = "", count = ""] = process.argv;
const names = Array.from({ length: Number(count) }, (_, index) => `part-${index + 1}`);
const model = "anthropic/claude-opus-5-5";
const resolutionMs = 1;

const bare: number[] = [];
for (let time = 0; time < 20; time += 1) {
  const begun = performance.now();
  await promisify(execFile)("/bin/sh", ["-c", "echo step 1 | tee /dev/null; seq 1 4000"]);
  bare.push(performance.now() - begun);
}

const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false });
const agent = createApiAgent({
  openModel: (id) =>
    openModel({ id, providers: {}, env: process.env, scripts: { cwd: folder, pauseScale: 1 } }),
  now: () => performance.now(),
});

function openFor(name: string): Promise<Sandbox> {
  const [root, scratch] = [join(folder, name), join(folder, `${name}-scratch`)];
  for (const path of [root, scratch]) mkdirSync(path);
  const spec = { root, writable: true, scratch, readOnly: [], env: {}, network: false as const };
  return provider.open({ ...spec, mostly: "files" });
}

function jobOf(task: string, sandbox: Sandbox): WorkerJob {
  const limits = { turns: 30, tokens: null, usd: null, ms: 600_000, stallMs: 300_000 };
  return workerJob({ sandbox, scratch: join(folder, `${task}-scratch`) }, { task, models: [model], limits });
}

// What this process loads once is measured by the section on the start.
const first = await openFor("first");
await agent.work(jobOf("first", first));
await first.close();

const sandboxes = await Promise.all(names.map(openFor));
const late = monitorEventLoopDelay({ resolution: resolutionMs });
late.enable();
const begun = performance.now();
const results = await Promise.all(
  sandboxes.map((sandbox, index) => agent.work(jobOf(names[index] ?? "", sandbox))),
);
const workMs = performance.now() - begun;
late.disable();
const failed = results.find(({ type }) => type !== "finished");
if (failed !== undefined) throw new Error(JSON.stringify(failed));
await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
const found: FannedOut = {
  bareMs: median(bare),
  bareLeastMs: Math.min(...bare),
  workMs,
  // Idle, the timer itself is as late as its resolution.
  lateP99Ms: late.percentile(99) / 1e6 - resolutionMs,
};
process.stdout.write(`${JSON.stringify(found)}\n`);
