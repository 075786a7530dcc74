import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serveScript } from "../../model-server/serve-script.ts";
import type { NormalisedRequest } from "../../model-server/types.ts";
import { guestFiles, guestPath, type VendorSetup } from "../../programs/guest-setups.ts";
import { asGuestTurn } from "../../programs/guest-turn.ts";
import { git, write } from "../../support/git.ts";
import { eventsOfType, modelEnv, openProject, type Ran } from "../../support/project.ts";
import { type BenchTask, planFor, scriptFor } from "./bench-task.ts";
import { type MemoryPeak, sampleMemory } from "./sample-memory.ts";

/** What the model takes for each of its answers to a worker. Reviewers are answered at once. */
export const turnMs = 200;

export type Dispatched = {
  /** From the start of `agentx dispatch` to its end. */
  wallMs: number;
  /** From the first worker's start to the last one's end; the rest is gates, reviews and merges. */
  workMs: number;
  /** The workers' requests in the order in which they came; one without tools is on the side, as for a title. */
  requests: { bytes: number; isTurn: boolean; body: string }[];
  /** All others: the reviewers'. */
  reviews: number;
  /** Null unless it was asked for. */
  memory: MemoryPeak | null;
};

type Options = { task: BenchTask; memory?: boolean };

/** One whole dispatch with the real program; throws unless every task was merged. */
export async function measureDispatch(
  setup: VendorSetup,
  { task, memory = false }: Options,
): Promise<Dispatched> {
  const settings = { slots: task.ids.length, agents: { implement: setup.agent } };
  const project = openProject(guestFiles(setup, settings));
  project.env["PATH"] = await guestPath(setup);
  write(project.folder, { "script.json": JSON.stringify(scriptFor(task)) });
  write(project.root, { "plan.md": planFor(task) });
  const server = await serveScript(join(project.folder, "script.json"), {
    instead: async (request) => {
      if (!isReview(request)) await sleep(turnMs);
      return null;
    },
    shape: (turn, { toolNames }) => (toolNames.length === 0 ? turn : asGuestTurn(turn, toolNames)),
  });
  try {
    const begun = performance.now();
    const started = project.start(["dispatch", "plan.md", "--yes", "--json"], { env: modelEnv(server.url) });
    const sampler = memory ? sampleMemory(started.child.pid ?? 0) : null;
    // It is in a process group of its own; its end is the end of this run, which then says that nothing was merged.
    const stop = (): void => void started.child.kill("SIGKILL");
    process.once("SIGINT", stop).once("SIGTERM", stop);
    const ran = await started.ended;
    process.off("SIGINT", stop).off("SIGTERM", stop);
    const wallMs = performance.now() - begun;
    const peak = sampler?.stop() ?? null;
    checkMerged(ran, { setup, task, landed: git(project.root, "ls-tree", "--name-only", "main") });
    const calls = server.calls();
    const work = calls.filter((call) => !isReview(call));
    const requests = work.map(({ bytes, toolNames, body }) => ({
      bytes,
      isTurn: toolNames.length > 0,
      body,
    }));
    return { wallMs, workMs: workMsOf(ran), requests, reviews: calls.length - work.length, memory: peak };
  } finally {
    await server.close();
    project.close();
  }
}

function isReview({ toolNames }: NormalisedRequest): boolean {
  return toolNames.includes("submit_verdict");
}

function workMsOf({ events }: Ran): number {
  const begun = eventsOfType(events, "attempt.started").map(({ at }) => at);
  const ended = eventsOfType(events, "worker.finished").map(({ at }) => at);
  return Math.max(...ended) - Math.min(...begun);
}

type Expected = { setup: VendorSetup; task: BenchTask; landed: string };

function checkMerged(ran: Ran, { setup, task, landed }: Expected): void {
  const merged = new Set(eventsOfType(ran.events, "task.merged").map((event) => event.task));
  const files = new Set(landed.split("\n"));
  const missing = task.ids.filter((id) => !merged.has(id) || !files.has(`${id}.txt`));
  const tries = eventsOfType(ran.events, "attempt.started").length;
  if (ran.exitCode === 0 && missing.length === 0 && tries === task.ids.length) return;
  const what = `exit code ${ran.exitCode}, ${tries} attempts at ${task.ids.length} tasks, not merged: ${missing.join(", ") || "none"}`;
  throw new Error(`${setup.agent} (${setup.vendor}): ${what}\n${ran.stderr}\n${ran.stdout.slice(-4000)}`);
}
