import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Agent, WorkerJob, WorkerResult } from "./agent.ts";

type Work = { agent: Agent; job: Omit<WorkerJob, "sandbox"> };

/**
 * Has an agent work in a sandbox that is being opened. One that needs it from the start waits; the built-in one asks its model
 * meanwhile, and what the model then wants done waits. A sandbox that cannot be had ends the work at once.
 * @throws what `opening` rejects with, or the signal's reason
 */
export async function workIn(opening: Promise<Sandbox>, { agent, job }: Work): Promise<WorkerResult> {
  if (agent.needs.openSandbox) return agent.work({ ...job, sandbox: await opening });
  const missing = new AbortController();
  opening.catch((error: unknown) => missing.abort(error));
  const signal = AbortSignal.any([job.signal, missing.signal]);
  return agent.work({ ...job, sandbox: sandboxMeanwhile(opening), signal });
}

/** Ends a sandbox that was being opened, if it ever came to be. */
export async function closeOpening(opening: Promise<Sandbox>): Promise<void> {
  const sandbox = await opening.catch(() => null);
  await sandbox?.close();
}

/** One that can be given orders although it is not open yet. */
function sandboxMeanwhile(opening: Promise<Sandbox>): Sandbox {
  const close = (): Promise<void> => closeOpening(opening);
  return {
    exec: async (request) => (await opening).exec(request),
    readFile: async (path, range) => (await opening).readFile(path, range),
    writeFile: async (path, text) => (await opening).writeFile(path, text),
    list: async (path, options) => (await opening).list(path, options),
    search: async (pattern, options) => (await opening).search(pattern, options),
    openDoor: async () => (await opening).openDoor(),
    spawn: () => {
      throw new Error("who starts programs needs an open sandbox");
    },
    get home(): string {
      throw new Error("who asks for HOME needs an open sandbox");
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
