import { createLimit } from "../../sys/limit.ts";
import { effect } from "../../sys/failpoint.ts";
import { takePipes } from "../alone/lone-child.ts";
import { HelperProcess } from "../helper/helper-process.ts";
import { sessionOf } from "../helper/open-session.ts";
import type { WatchedDisk } from "../limits/disk-watch.ts";
import type { ReadyPipes } from "../ready-pipes.ts";
import { recordExec } from "../record-exec.ts";
import { closed, doorlessError } from "../sandbox-errors.ts";
import type { ExecRequest, ExecResult, Sandbox } from "../sandbox.ts";
import { fitsOrder, outputFds } from "./resident-script.ts";
import { ResidentShell, type ShellPipes, type ShellStart } from "./resident-shell.ts";
import { runInShell } from "./run-in-shell.ts";
import { ShellLimits } from "./shell-limits.ts";

export type ResidentStart = ShellStart & {
  /** Of the commands. */
  env: Record<string, string>;
  disk: WatchedDisk;
  pipes: ReadyPipes;
};

/**
 * A sandbox with a shell, which runs one command after the other, until something is asked that takes a helper: it then becomes that, and
 * whatever runs there runs on. Throws AgentxError SANDBOX_OPEN.
 */
export async function openResident(start: ResidentStart): Promise<Sandbox> {
  const { root, env, bounds, disk } = start;
  const shell = await effect("sandbox.open", () => startShell(start));
  const limits = new ShellLimits(shell, { disk, memoryBytes: bounds.watchedMemory });
  const oneByOne = createLimit(1);
  let session: Promise<Sandbox> | null = null;
  let opened: Sandbox | null = null;
  let isClosed = false;

  const become = async (): Promise<Sandbox> => {
    const child = shell.becomeHelper();
    limits.stop();
    // They are the shell's own until its end.
    const held = { ...bounds, release: async () => {} };
    const helper = new HelperProcess(child, { root, env, door: null, egress: null, bounds: held });
    try {
      await helper.waitUntilReady();
    } catch (error) {
      throw isClosed ? closed(root) : error;
    }
    return (opened = sessionOf(helper, { root, env, bounds, disk }));
  };
  const helped = (): Promise<Sandbox> => (session ??= oneByOne(become));

  /** Null where it takes a helper. */
  const execInShell = async (request: ExecRequest): Promise<ExecResult | null> => {
    if (session !== null || !shell.canRun()) return null;
    return effect("command.run", () =>
      recordExec(request, {
        bounds,
        disk: limits.disk,
        run: (told) => limits.during(() => runInShell(request, { shell, told })),
      }),
    );
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    limits.stop();
    if (opened === null) return effect("sandbox.close", () => shell.close());
    await opened.close();
    await shell.close();
  };
  return {
    home: env["HOME"] ?? "/",
    exec: async (request) => {
      const done = fitsOrder(request.command) ? await oneByOne(() => execInShell(request)) : null;
      return done ?? (await helped()).exec(request);
    },
    spawn: () => {
      throw new Error("who starts programs needs a sandbox with a helper");
    },
    openDoor: async () => {
      throw doorlessError(root);
    },
    readFile: async (path, range) => (await helped()).readFile(path, range),
    writeFile: async (path, text) => (await helped()).writeFile(path, text),
    list: async (path, options) => (await helped()).list(path, options),
    search: async (pattern, options) => (await helped()).search(pattern, options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function startShell(start: ResidentStart): Promise<ResidentShell> {
  let pipes: ShellPipes;
  try {
    pipes = await takePipes<ShellPipes>(start, 3 + outputFds.length);
  } catch (error) {
    await start.bounds.release();
    throw error;
  }
  const shell = new ResidentShell(start, pipes);
  await shell.waitUntilReady();
  return shell;
}
