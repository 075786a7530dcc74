import type { Sandbox } from "../sandbox/sandbox.ts";
import type { Agent, WorkerJob, WorkerResult } from "./agent.ts";

type Work = { agent: Agent; job: Omit<WorkerJob, "sandbox"> };

/** A sandbox that is being opened, or will be when something is first asked of it. */
export type Opening = Promise<Sandbox> | LaterSandbox;
export type LaterSandbox = { take: () => Promise<Sandbox>; close: () => Promise<void> };

/**
 * Has an agent work in a sandbox that is not open yet. One that needs it from the start waits; the built-in one asks its model
 * meanwhile, and what the model then wants done waits. A sandbox that cannot be had ends the work at once.
 * @throws what the opening rejects with, or the signal's reason
 */
export async function workIn(opening: Opening, { agent, job }: Work): Promise<WorkerResult> {
  const isLater = "take" in opening;
  const open = isLater ? opening.take : () => opening;
  if (agent.needs.openSandbox) return agent.work({ ...job, sandbox: await open() });
  const missing = new AbortController();
  const take = (): Promise<Sandbox> => {
    const opened = open();
    opened.catch((error: unknown) => missing.abort(error));
    return opened;
  };
  if (!isLater) void take();
  const signal = AbortSignal.any([job.signal, missing.signal]);
  const close = isLater ? opening.close : () => closeOpening(opening);
  return agent.work({ ...job, sandbox: sandboxMeanwhile({ take, close }), signal });
}

/** Opens it once, and not before somebody takes it. */
export function openLater(open: () => Promise<Sandbox>): LaterSandbox {
  let opened: Promise<Sandbox> | null = null;
  return {
    take: () => (opened ??= open()),
    close: async () => {
      if (opened !== null) await closeOpening(opened);
    },
  };
}

/** Ends a sandbox that was being opened, if it ever came to be. */
export async function closeOpening(opening: Promise<Sandbox>): Promise<void> {
  const sandbox = await opening.catch(() => null);
  await sandbox?.close();
}

/** One that can be given orders although it is not open yet. */
function sandboxMeanwhile({ take, close }: LaterSandbox): Sandbox {
  return {
    exec: async (request) => (await take()).exec(request),
    readFile: async (path, range) => (await take()).readFile(path, range),
    writeFile: async (path, text) => (await take()).writeFile(path, text),
    list: async (path, options) => (await take()).list(path, options),
    search: async (pattern, options) => (await take()).search(pattern, options),
    openDoor: async () => (await take()).openDoor(),
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
