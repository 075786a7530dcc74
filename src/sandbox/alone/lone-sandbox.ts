import { dirname, join, relative } from "node:path";
import { diskErrorOf } from "../../core/disk-error.ts";
import { writeFileAtomic } from "../../sys/atomic-write.ts";
import { effectSync } from "../../sys/failpoint.ts";
import { makeRealFolder } from "../../sys/real-folder.ts";
import { sandboxHome } from "../bubblewrap/bubblewrap-args.ts";
import { describeFailure } from "../inside/files.ts";
import { shellWord } from "../inside/shell-word.ts";
import { closed, doorlessError } from "../sandbox-errors.ts";
import {
  type ExecRequest,
  type ExecResult,
  type Sandbox,
  SandboxFileError,
  type SandboxSpec,
  type SpawnRequest,
} from "../sandbox.ts";
import type { LoneProgram } from "./start-alone.ts";

type Parts = {
  spec: SandboxSpec;
  /** A sandbox with a helper, for whatever else is asked. */
  open: () => Promise<Sandbox>;
  run: (request: ExecRequest) => Promise<ExecResult>;
  start: (request: SpawnRequest) => LoneProgram;
  /** Where the door is reached inside; null where there is none. */
  door: string | null;
};

/**
 * A sandbox in which programs are started and little else: each has walls of its own around the same folders, and none takes a helper.
 * Files are handed in from outside until something has run; after that a helper sees to them, where a link leads nowhere else.
 */
export function loneSandbox({ spec, open, run, start, door }: Parts): Sandbox {
  let opened: Promise<Sandbox> | null = null;
  let isUntouched = true;
  let isClosed = false;
  const touch = (): void => {
    // Whatever began after the end would be ended by nobody.
    if (isClosed) throw closed(spec.root);
    isUntouched = false;
  };
  const withHelper = (): Promise<Sandbox> => {
    touch();
    // One that could not be opened may be the next time.
    opened ??= open().catch((error: unknown) => {
      opened = null;
      throw error;
    });
    return opened;
  };
  const programs: LoneProgram[] = [];
  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all(programs.map((program) => program.close()));
    const sandbox = await opened?.catch(() => null);
    await sandbox?.close();
  };
  return {
    home: sandboxHome,
    exec: async (request) => {
      touch();
      return run(request);
    },
    spawn: (request) => {
      touch();
      const program = effectSync("guest.start", () => start(request));
      programs.push(program);
      return program;
    },
    openDoor: async () => {
      if (door === null) throw doorlessError(spec.root);
      return door;
    },
    writeFile: async (path, text) => {
      if (isUntouched && !isClosed && (await handIn(spec, path, text))) return;
      await (await withHelper()).writeFile(path, text);
    },
    readFile: async (path, range) => (await withHelper()).readFile(path, range),
    list: async (path, options) => (await withHelper()).list(path, options),
    search: async (pattern, options) => (await withHelper()).search(pattern, options),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * False where it is neither below HOME nor below the scratch folder, or somebody left a link on the way.
 * Throws SandboxFileError where something else was left there, and AgentxError where the disk is the reason.
 */
async function handIn({ home = null, scratch }: SandboxSpec, path: string, text: string): Promise<boolean> {
  const places = [
    { inside: sandboxHome, outside: home },
    { inside: scratch, outside: scratch },
  ];
  for (const { inside, outside } of places) {
    if (inside === null || outside === null || !path.startsWith(`${inside}/`)) continue;
    const name = relative(inside, path);
    if (name.startsWith("..")) return false;
    try {
      if (!(await makeRealFolder(outside, dirname(name)))) return false;
      await writeFileAtomic(join(outside, name), text);
      return true;
    } catch (error) {
      const { code, message } = describeFailure(error, path);
      throw diskErrorOf(error) ?? new SandboxFileError(code, message);
    }
  }
  return false;
}

/** As one line of a shell, which becomes the program. */
export function programLine({ file, args }: Pick<SpawnRequest, "file" | "args">): string {
  return `exec ${[file, ...args].map(shellWord).join(" ")}`;
}
