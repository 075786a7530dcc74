import { checkOwnFolders } from "./check-paths.ts";
import { helperPath, nodeFlags } from "./helper-command.ts";
import { noBounds } from "./limits/bounds.ts";
import { openSession } from "./open-session.ts";
import type { SandboxProvider } from "./sandbox.ts";

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
  return {
    name: "none (unsafe)",
    isolates: false,
    open: async (spec) => {
      await checkOwnFolders(spec);
      const [ownHome, door] = [spec.home ?? null, spec.door ?? null];
      return openSession({
        file: process.execPath,
        args: [...nodeFlags, helperPath],
        inputs: [],
        root: spec.root,
        env: {
          PATH: path,
          HOME: home,
          ...(spec.network === false ? {} : spec.network.personProxy),
          ...spec.env,
          ...(ownHome === null ? {} : { HOME: ownHome }),
        },
        door: door === null ? null : { folder: door, bin: null },
        egress: null,
        bounds: noBounds,
      });
    },
  };
}
