import { readFileSync, realpathSync } from "node:fs";
import { totalmem } from "node:os";
import type { SandboxLimits } from "../core/run-settings.ts";
import {
  bubblewrapArgs,
  doorBin,
  doorFolder,
  egressFolder,
  sandboxHome,
  type SandboxHost,
} from "./bubblewrap-args.ts";
import { checkPaths } from "./check-paths.ts";
import { openEgress, withEgress } from "./egress/open-egress.ts";
import { type GitView, readGitView } from "./git-view.ts";
import { helperFolder } from "./helper-command.ts";
import { readEtc, readSystem } from "./host-etc.ts";
import { boundsFor } from "./limits/bounds.ts";
import { findLimitMeans } from "./limits/limit-means.ts";
import { readHardLimits, rlimitWords } from "./limits/rlimits.ts";
import { memoryFolders } from "./limits/memory-folders.ts";
import { makePrivateGit, type PrivateGit } from "./private-git.ts";
import { openSession } from "./open-session.ts";
import { seccompFilter } from "./seccomp-filter.ts";
import type { SandboxProvider, SandboxSpec } from "./sandbox.ts";
import type { Toolchain } from "./toolchain.ts";
import { effect } from "../sys/failpoint.ts";

export type BubblewrapOptions = {
  /** Absolute path of bwrap. */
  file: string;
  version: string;
  canDisableUserns: boolean;
  toolchain: Toolchain;
  limits: SandboxLimits;
};

/**
 * bwrap reads its arguments from here, so that they are in no process list; the files that it makes up follow.
 * Its own environment is empty: `--clearenv` would leave ours readable in /proc/1/environ.
 */
const argsFd = 3;

export function bubblewrapProvider({
  file,
  version,
  canDisableUserns,
  toolchain,
  limits,
}: BubblewrapOptions): SandboxProvider {
  const system = readSystem();
  const seccomp = seccompFilter(process.arch);
  const means = findLimitMeans();
  const hard = readHardLimits(readFileSync("/proc/self/limits", "utf8"));
  const profile = {
    rlimits: rlimitWords(limits, { means, hard }),
    // The flag came with 0.7.0 and is refused to a setuid bwrap; whoever has the other one has it too.
    folderBytes: canDisableUserns ? memoryFolders(limits.memory, totalmem()) : null,
  };
  const host = (): SandboxHost => ({
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    canDisableUserns,
    ...system,
    etc: readEtc(),
    tools: toolchain.readOnly,
    node: realpathSync(process.execPath),
    helperFolder,
    seccomp,
  });
  return {
    name: `bubblewrap ${version}`,
    isolates: true,
    open: async (spec) => {
      await checkPaths(spec);
      const common = spec.gitCommonDir ?? null;
      const git = common === null ? null : await readGit(common, spec);
      const egress = spec.network === false ? null : await openEgress(spec.network);
      try {
        const { args, program, inputs } = bubblewrapArgs(spec, {
          host: host(),
          git,
          egress: egress?.folder ?? null,
          firstFd: argsFd + 1,
          limits: profile,
        });
        return await openSession({
          file,
          args: ["--args", String(argsFd), "--", ...program],
          inputs: [args.map((arg) => `${arg}\0`).join(""), ...inputs],
          root: spec.root,
          env: commandEnv(spec, toolchain, git !== null),
          door: (spec.door ?? null) === null ? null : { folder: doorFolder, bin: doorBin },
          egress: egress === null ? null : { folder: egressFolder, noProxy: egress.noProxy },
          bounds: withEgress(boundsFor(limits, means), egress),
        });
      } catch (error) {
        await egress?.close();
        throw error;
      }
    },
  };
}

async function readGit(
  common: string,
  { root, gitScratch = null }: SandboxSpec,
): Promise<GitView | PrivateGit> {
  const own =
    gitScratch === null
      ? null
      : await effect("private-git.make", () => makePrivateGit(common, { root, folder: gitScratch }));
  return own ?? (await readGitView(common, root));
}

/** Git refuses a repository of another owner, and inside, owners look different. */
function commandEnv(spec: SandboxSpec, toolchain: Toolchain, git: boolean): Record<string, string> {
  const env: Record<string, string> = {
    PATH: toolchain.path,
    HOME: sandboxHome,
    USER: "agent",
    ...toolchain.env,
    ...spec.env,
  };
  if ((spec.home ?? null) !== null) env["HOME"] = sandboxHome;
  if (!git) return env;
  const count = Number(spec.env["GIT_CONFIG_COUNT"] ?? 0);
  return {
    ...env,
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: "safe.directory",
    [`GIT_CONFIG_VALUE_${count}`]: "*",
  };
}
