import { checkOwnFolders } from "./check-paths.ts";
import { helperPath, nodeFlags } from "./helper-command.ts";
import type { HelperStart } from "./helper/helper-process.ts";
import { noBounds } from "./limits/bounds.ts";
import { withHelpers } from "./helper/run-in-opened.ts";
import type { Sandbox, SandboxProvider, SandboxSpec } from "./sandbox.ts";

export type NoneOptions = {
  /** PATH of commands whose environment has none. */
  path: string;
  /** Their HOME; the person's own, because there is no other. */
  home: string;
};

/**
 * No walls at all, for `--unsafe-no-sandbox`: the same helper without bubblewrap. Commands still see only `spec.env`,
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
  const openWithHelper = async (spec: SandboxSpec): Promise<Sandbox> => {
    const [ownHome, door] = [spec.home ?? null, spec.door ?? null];
    const [{ codeCache }, { openSession }] = await Promise.all([
      import("./helper/code-cache.ts"),
      import("./helper/open-session.ts"),
    ]);
    return openSession({
      ...started(spec.root, await (code ??= codeCache({ kind: "none", fill }))),
      env: {
        PATH: path,
        HOME: home,
        ...(spec.network === false ? {} : spec.network.personProxy),
        ...spec.env,
        ...(ownHome === null ? {} : { HOME: ownHome }),
      },
      door: door === null ? null : { folder: door, bin: null },
    });
  };
  return withHelpers({
    name: "none (unsafe)",
    isolates: false,
    open: async (spec) => {
      checkOwnFolders(spec);
      if (spec.mostly !== "files") return openWithHelper(spec);
      const [{ lateSandbox }, { unwalledFiles }] = await Promise.all([
        import("./from-outside/late-sandbox.ts"),
        import("./from-outside/outside-files.ts"),
      ]);
      const open = (): Promise<Sandbox> => openWithHelper(spec);
      return lateSandbox({ spec, open, outside: unwalledFiles(spec), home: spec.home ?? home });
    },
  });
}
