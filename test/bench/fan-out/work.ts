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
import type { WorkerResult } from "../../../src/agents/agent.ts";
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
  /** With the opening of their sandboxes, which are opened as workers' are. */
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

function makeRoom(name: string): { root: string; scratch: string } {
  const room = { root: join(folder, name), scratch: join(folder, `${name}-scratch`) };
  for (const path of Object.values(room)) mkdirSync(path);
  return room;
}

/** Its sandbox is the caller's to close, after the time that is measured. */
async function work(
  task: string,
  { root, scratch }: { root: string; scratch: string },
): Promise<{ sandbox: Sandbox; result: WorkerResult }> {
  const spec = { root, writable: true, scratch, readOnly: [], env: {}, network: false as const };
  const sandbox = await provider.open({ ...spec, mostly: "files" });
  const limits = { turns: 30, tokens: null, usd: null, ms: 600_000, stallMs: 300_000 };
  const result = await agent.work(workerJob({ sandbox, scratch }, { task, models: [model], limits }));
  return { sandbox, result };
}

// What this process loads once is measured by the section on the start.
await (await work("first", makeRoom("first"))).sandbox.close();

const rooms = names.map(makeRoom);
const late = monitorEventLoopDelay({ resolution: resolutionMs });
late.enable();
const begun = performance.now();
const worked = await Promise.all(rooms.map((room, index) => work(names[index] ?? "", room)));
const workMs = performance.now() - begun;
late.disable();
const failed = worked.find(({ result }) => result.type !== "finished");
if (failed !== undefined) throw new Error(JSON.stringify(failed));
await Promise.all(worked.map(({ sandbox }) => sandbox.close()));
const found: FannedOut = {
  bareMs: median(bare),
  bareLeastMs: Math.min(...bare),
  workMs,
  // Idle, the timer itself is as late as its resolution.
  lateP99Ms: late.percentile(99) / 1e6 - resolutionMs,
};
process.stdout.write(`${JSON.stringify(found)}\n`);
