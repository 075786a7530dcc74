import { diskErrorOf } from "../../core/disk-error.ts";
import { effectSync } from "../../sys/failpoint.ts";
import { helpedFiles, type HelpedFilesOptions } from "../from-outside/helped-files.ts";
import { shellWord } from "../inside/shell-word.ts";
import { doorlessError } from "../sandbox-errors.ts";
import {
  type ExecRequest,
  type ExecResult,
  type Sandbox,
  SandboxFileError,
  type SandboxSpec,
  type SpawnRequest,
} from "../sandbox.ts";
import type { LoneProgram } from "./start-alone.ts";

type Parts = Pick<HelpedFilesOptions, "open" | "outside"> & {
  spec: SandboxSpec;
  run: (request: ExecRequest) => Promise<ExecResult>;
  start: (request: SpawnRequest) => LoneProgram;
  /** Where the door is reached inside; null where there is none. */
  door: string | null;
  /** HOME inside. */
  home: string;
};

/**
 * A sandbox in which programs are started and little else: each has walls of its own around the same folders, and none takes a helper.
 */
export function loneSandbox({ spec, open, outside, run, start, door, home }: Parts): Sandbox {
  const files = helpedFiles({ spec, open, outside });
  const programs: LoneProgram[] = [];
  const close = async (): Promise<void> => {
    await Promise.all([files.close(), ...programs.map((program) => program.close())]);
  };
  return {
    home,
    exec: async (request) => {
      files.requireOpen();
      return run(request);
    },
    spawn: (request) => {
      files.requireOpen();
      const program = effectSync("guest.start", () => start(request));
      programs.push(program);
      return program;
    },
    openDoor: async () => {
      if (door === null) throw doorlessError(spec.root);
      return door;
    },
    writeFile: (path, text) => files.writeFile(path, text).catch(failOnDisk),
    readFile: files.readFile,
    list: files.list,
    search: files.search,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What agentx itself hands in is no model's to write smaller. */
function failOnDisk(error: unknown): never {
  throw (error instanceof SandboxFileError ? diskErrorOf(error.cause) : null) ?? error;
}

/** As one line of a shell, which becomes the program. */
export function programLine({ file, args }: Pick<SpawnRequest, "file" | "args">): string {
  return `exec ${[file, ...args].map(shellWord).join(" ")}`;
}
