import { homedir } from "node:os";
import { AgentxError } from "../core/error.ts";
import { noSandboxLimits, type SandboxLimits } from "../core/run-settings.ts";
import { bubblewrapProvider } from "./bubblewrap.ts";
import { noneProvider } from "./none.ts";
import { probeSandbox } from "./probe.ts";
import type { SandboxProvider } from "./sandbox.ts";
import { readToolchain } from "./toolchain.ts";

export type FindSandboxOptions = {
  /** The person's environment: only PATH and HOME are read. */
  env: Readonly<Record<string, string | undefined>>;
  /** The person said so, on the command line. */
  unsafeNoSandbox: boolean;
  /** Put the Node that runs agentx first on PATH inside; see toolchain.ts. */
  ownNodeFirst?: boolean;
  platform?: NodeJS.Platform;
  /** None, unless it says so: who runs no model's commands needs none. */
  limits?: SandboxLimits;
};

/** No sandbox, no run: throws AgentxError SANDBOX_MISSING, with the fix, unless the person gave the safety up in so many words. */
export async function findSandbox(options: FindSandboxOptions): Promise<SandboxProvider> {
  const { env, unsafeNoSandbox, ownNodeFirst = false, platform = process.platform } = options;
  const { limits = noSandboxLimits } = options;
  const path = env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
  const home = env["HOME"] ?? homedir();
  if (unsafeNoSandbox) return noneProvider({ path, home });
  const probe = await probeSandbox({ path, platform });
  if (probe.type === "works") {
    const { file, version, canDisableUserns } = probe;
    const toolchain = readToolchain({ path, home, execPath: process.execPath, ownNodeFirst });
    return bubblewrapProvider({ file, version, canDisableUserns, toolchain, limits });
  }
  const what =
    probe.type === "missing"
      ? probe.reason
      : `bubblewrap ${probe.version} cannot open a sandbox: ${probe.reason}`;
  const hint = `${probe.hint}\n  or, to run without any walls: --unsafe-no-sandbox`;
  throw new AgentxError("SANDBOX_MISSING", { where: "sandbox", what, hint });
}
