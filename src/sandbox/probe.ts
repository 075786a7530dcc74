import type { SandboxChoice, SandboxLimits, SandboxName } from "../core/run-settings.ts";
import type { ContainerProbe } from "./container/probe-container.ts";
import { type BubblewrapProbe, findBwrap, probeBubblewrap } from "./bubblewrap/probe-bubblewrap.ts";
import type { RuntimeProbe } from "./runtime/probe-runtime.ts";

/** What `agentx doctor` shows and `findSandbox` decides by. */
export type SandboxProbe =
  | BubblewrapProbe
  | ContainerProbe
  | RuntimeProbe
  | { type: "missing"; name: string; reason: string; hint: string };

export type ProbeOptions = {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  choice: SandboxChoice;
  limits: SandboxLimits;
  /** Asked for already. */
  bubblewrap?: Promise<BubblewrapProbe> | null;
};

/** Looks for the sandbox that is asked for, or the platform's own, and really opens it. */
export async function probeSandbox(options: ProbeOptions): Promise<SandboxProbe> {
  const { env, platform, choice, limits, bubblewrap = null } = options;
  const use = choice.use ?? platformsOwn(platform);
  const other = (system: string): SandboxProbe => ({
    type: "missing",
    name: use ?? "none",
    reason: `${use} is for ${system}`,
    hint: "leave `sandbox.use` out of agentx.yaml for what this system has",
  });
  switch (use) {
    case "bubblewrap":
      if (platform !== "linux") return other("Linux");
      return bubblewrap ?? probeBubblewrap(findBwrap(env["PATH"] ?? ""));
    case "sandbox-runtime": {
      if (platform !== "darwin") return other("macOS");
      const { probeRuntime } = await import("./runtime/probe-runtime.ts");
      return probeRuntime();
    }
    case "docker":
    case "podman": {
      const { probeContainer } = await import("./container/probe-container.ts");
      return probeContainer({ name: use, image: choice.image, env, limits });
    }
    case null: {
      const hint = "use Linux, WSL 2 on Windows, or set `sandbox.use: docker` in agentx.yaml";
      return { type: "missing", name: "none", reason: `there is no sandbox for ${platform} yet`, hint };
    }
  }
}

function platformsOwn(platform: NodeJS.Platform): SandboxName | null {
  if (platform === "linux") return "bubblewrap";
  return platform === "darwin" ? "sandbox-runtime" : null;
}

/** Why there is none, in a sentence. */
export function whyNot(probe: Exclude<SandboxProbe, { type: "works" }>): string {
  if (probe.type === "missing") return probe.reason;
  return `${[probe.name, probe.version].join(" ").trim()} cannot open a sandbox: ${probe.reason}`;
}
