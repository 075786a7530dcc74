import { checkOwnFolders } from "./check-paths.ts";
import { helperPath, nodeFlags } from "./helper-command.ts";
import { ExpectedNeed } from "./from-outside/expected-need.ts";
import type { HelperStart } from "./helper/helper-process.ts";
import { noBounds } from "./limits/bounds.ts";
import { runInOpened } from "./helper/run-in-opened.ts";
import { ReadyPipes } from "./ready-pipes.ts";
import type { Sandbox, SandboxProvider, SandboxSpec } from "./sandbox.ts";

export type NoneOptions = {
  /** PATH of commands whose environment has none. */
  path: string;
  /** Their HOME; the person's own, because there is no other. */
  home: string;
};

/**
 * No walls at all, for `--unsafe-no-sandbox`: the same without bubblewrap. Commands still see only `spec.env`,
 * but they can read and write whatever this user can, use the machine's network, and leave daemons behind that change their session.
 */
export function noneProvider({ path, home }: NoneOptions): SandboxProvider {
  const started = (root: string, codeFolder: string | null): Omit<HelperStart, "env" | "door"> => ({
    file: process.execPath,
    args: [...nodeFlags, helperPath],
    programEnv: codeFolder === null ? {} : { NODE_COMPILE_CACHE: codeFolder },
    inputs: [],
    root,
    egress: null,
    bounds: noBounds,
    disk: null,
  });
  const fill = async (folder: string): Promise<void> => {
    const { compileHelper } = await import("./helper/code-cache.ts");
    await compileHelper({ ...started("/", folder), env: {}, door: null });
  };
  let code: Promise<string | null> | null = null;
  const pipes = new ReadyPipes();
  const expected = new ExpectedNeed();
  const envOf = (spec: SandboxSpec): Record<string, string> => ({
    PATH: path,
    HOME: home,
    ...(spec.network === false ? {} : spec.network.personProxy),
    ...spec.env,
    ...(spec.home ? { HOME: spec.home } : {}),
  });
  const openWithHelper = async (spec: SandboxSpec): Promise<Sandbox> => {
    const { door = null } = spec;
    const [{ codeCache }, { openSession }] = await Promise.all([
      import("./helper/code-cache.ts"),
      import("./helper/open-session.ts"),
    ]);
    return openSession({
      ...started(spec.root, await (code ??= codeCache({ kind: "none", fill }))),
      env: envOf(spec),
      door: door === null ? null : { folder: door, bin: null },
    });
  };
  const run: SandboxProvider["run"] = async (spec, request) => {
    checkOwnFolders(spec);
    // Only a helper makes a port of the door.
    if ((spec.door ?? null) !== null) return runInOpened(openWithHelper, spec, request);
    const [{ unwalledStart }, { runAlone }] = await Promise.all([
      import("./alone/unwalled-start.ts"),
      import("./alone/run-alone.ts"),
    ]);
    return runAlone(
      unwalledStart({ root: spec.root, script: request.command, env: envOf(spec), pipes }),
      request,
    );
  };
  const openForPrograms = async (spec: SandboxSpec): Promise<Sandbox> => {
    const [{ unwalledStart }, { startAlone }, { loneSandbox, programLine }, { unwalledFiles }, doors] =
      await Promise.all([
        import("./alone/unwalled-start.ts"),
        import("./alone/start-alone.ts"),
        import("./alone/lone-sandbox.ts"),
        import("./from-outside/outside-files.ts"),
        import("./alone/unwalled-door.ts"),
      ]);
    const { root, door = null } = spec;
    const env = door === null ? envOf(spec) : doors.placeDoorProgram(door, envOf(spec));
    return loneSandbox({
      spec,
      outside: unwalledFiles(spec),
      home: spec.home ?? home,
      open: () => openWithHelper(spec),
      run: (request) => run({ ...spec, door: null }, request),
      start: ({ onStdout, onStderr, ...program }) => {
        const command = { root, script: programLine(program), env: { ...env, ...program.env }, pipes };
        return startAlone(Promise.resolve(unwalledStart(command)), { onStdout, onStderr });
      },
      door: door === null ? null : doors.addressOf(door),
    });
  };
  return {
    name: "none (unsafe)",
    isolates: false,
    run,
    open: async (spec) => {
      checkOwnFolders(spec);
      // An address ends the path of a socket at a colon.
      if (spec.mostly === "programs" && !(spec.door ?? "").includes(":")) return openForPrograms(spec);
      if (spec.mostly !== "files") return openWithHelper(spec);
      const [{ lateSandbox }, { unwalledFiles }] = await Promise.all([
        import("./from-outside/late-sandbox.ts"),
        import("./from-outside/outside-files.ts"),
      ]);
      const open = (): Promise<Sandbox> => openWithHelper(spec);
      return lateSandbox({ spec, open, outside: unwalledFiles(spec), home: spec.home ?? home, expected });
    },
  };
}
