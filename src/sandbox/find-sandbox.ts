import { homedir } from "node:os";
import { AgentxError } from "../core/error.ts";
import {
  noSandboxLimits,
  platformsSandbox,
  type SandboxChoice,
  type SandboxLimits,
} from "../core/run-settings.ts";
import { bubblewrapProvider } from "./bubblewrap/bubblewrap.ts";
import { noneProvider } from "./none.ts";
import type { BubblewrapProbe } from "./bubblewrap/probe-bubblewrap.ts";
import { probeSandbox, type SandboxProbe, whyNot } from "./probe.ts";
import type { SandboxProvider } from "./sandbox.ts";
import { readToolchain } from "./tools/toolchain.ts";

export type FindSandboxOptions = {
  /** The person's environment: PATH and HOME are read, and what a container engine needs to be reached. */
  env: Readonly<Record<string, string | undefined>>;
  /** The person said so, on the command line. */
  unsafeNoSandbox: boolean;
  /** Put the Node that runs agentx first on PATH inside; see toolchain.ts. */
  ownNodeFirst?: boolean;
  platform?: NodeJS.Platform;
  /** The platform's own, unless it says so. */
  choice?: SandboxChoice;
  /** None, unless it says so: who runs no model's commands needs none. */
  limits?: SandboxLimits;
  /** Bubblewrap, where it was looked for before it was known what is asked for. */
  bubblewrap?: Promise<BubblewrapProbe> | null;
};

type Works = Extract<SandboxProbe, { type: "works" }>;

/** No sandbox, no run: throws AgentxError SANDBOX_MISSING, with the fix, unless the person gave the safety up in so many words. */
export async function findSandbox(options: FindSandboxOptions): Promise<SandboxProvider> {
  const { env, unsafeNoSandbox, platform = process.platform, choice = platformsSandbox } = options;
  const { limits = noSandboxLimits, bubblewrap = null } = options;
  if (unsafeNoSandbox) return noneProvider(placesIn(env));
  const probe = await probeSandbox({ env, platform, choice, limits, bubblewrap });
  if (probe.type === "works") return provide(probe, options, limits);
  const hint = `${probe.hint}\n  or, to run without any walls: --unsafe-no-sandbox`;
  throw new AgentxError("SANDBOX_MISSING", { where: "sandbox", what: whyNot(probe), hint });
}

async function provide(
  probe: Works,
  { env, ownNodeFirst = false }: FindSandboxOptions,
  limits: SandboxLimits,
): Promise<SandboxProvider> {
  const toolchain = () => readToolchain({ ...placesIn(env), execPath: process.execPath, ownNodeFirst });
  switch (probe.kind) {
    case "bubblewrap": {
      const { file, version, canDisableUserns } = probe;
      return bubblewrapProvider({ file, version, canDisableUserns, toolchain: toolchain(), limits });
    }
    case "container": {
      const { containerProvider } = await import("./container/container.ts");
      return containerProvider({ ...probe, limits });
    }
    case "sandbox-runtime": {
      const { runtimeProvider } = await import("./runtime/runtime.ts");
      return runtimeProvider({ version: probe.version, toolchain: toolchain(), limits, ...placesIn(env) });
    }
  }
}

function placesIn(env: FindSandboxOptions["env"]): { path: string; home: string } {
  return { path: env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin", home: env["HOME"] ?? homedir() };
}
