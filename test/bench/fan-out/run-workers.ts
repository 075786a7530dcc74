import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { once } from "node:events";
import { nodeFlags } from "../../../build/node-flags.ts";
import { modelEnv } from "../../support/project.ts";
import { longOutputs } from "../agents/bench-task.ts";
import { type MemoryPeak, sampleMemory } from "../agents/sample-memory.ts";
import { turnMs } from "../agents/measured-dispatch.ts";
import { benchFolder } from "../bench-folder.ts";
import { servePreparedModel } from "./prepared-model.ts";
import type { FannedOut } from "./work.ts";

const program = join(import.meta.dirname, "work.ts");

/** How many times the model is asked for each agent: ten tool calls and the last words. */
export const turns = 11;

type Options = {
  workers: number;
  /** Where the program's compiled code is kept between the runs: agentx is installed as JavaScript, and strips no types. */
  codeFolder: string;
  /** Looking at memory costs time, so such a run says nothing of time. */
  memory: boolean;
};

/** So many agents at once in one process, as the built-in loop has them. */
export async function runWorkers({
  workers,
  codeFolder,
  memory,
}: Options): Promise<FannedOut & { memory: MemoryPeak | null }> {
  using folder = benchFolder();
  const place = join(folder.path, "work");
  mkdirSync(place);
  await using server = await servePreparedModel({ turns: longOutputs.turnsFor("numbers"), turnMs });
  const env = { ...process.env, ...modelEnv(server.url), NODE_COMPILE_CACHE: codeFolder };
  const child = spawn(process.execPath, [...nodeFlags, program, place, String(workers)], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const sampler = memory ? sampleMemory(child.pid ?? 0) : null;
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  const peak = sampler?.stop() ?? null;
  if (code !== 0) throw new Error(`${workers} agents ended with exit code ${String(code)}`);
  return { ...(JSON.parse(said) as FannedOut), memory: peak };
}
