import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { wrapCommandWithSandboxMacOS } from "@anthropic-ai/sandbox-runtime/dist/sandbox/macos-sandbox-utils.js";
import type { SandboxLimits } from "../../core/run-settings.ts";
import { checkPaths } from "../check-paths.ts";
import { commandEnv } from "../command-env.ts";
import { readGitView } from "../git-folder/git-view.ts";
import { worktreeOf } from "../git-folder/read-git.ts";
import { openEgress, withEgress } from "../egress/open-egress.ts";
import { helperFolder, helperPath, nodeFlags } from "../helper-command.ts";
import { noBounds } from "../limits/bounds.ts";
import { watchedDisk } from "../limits/watched-disk.ts";
import { openSession } from "../helper/open-session.ts";
import { withHelpers } from "../helper/run-in-opened.ts";
import type { SandboxProvider, SandboxSpec } from "../sandbox.ts";
import type { Toolchain } from "../tools/toolchain.ts";
import { helperLine } from "./helper-line.ts";
import { runtimePolicy } from "./runtime-policy.ts";

export type RuntimeOptions = {
  version: string;
  toolchain: Toolchain;
  /** Of the person. */
  home: string;
  limits: SandboxLimits;
};

/** macOS: the helper under a Seatbelt profile that Anthropic's sandbox-runtime writes. */
export function runtimeProvider({ version, toolchain, home, limits }: RuntimeOptions): SandboxProvider {
  return withHelpers({
    name: `sandbox-runtime ${version}`,
    isolates: true,
    open: async (given) => {
      checkPaths(given);
      const spec = await withRealPaths(given);
      const common = spec.gitCommonDir ?? null;
      const git = common === null ? null : readGitView(common, await worktreeOf(common, spec));
      const own = await realpath(await mkdtemp(join(tmpdir(), "agentx-sandbox-")));
      const ownHome = spec.home ?? join(own, "home");
      await mkdir(ownHome, { recursive: true });
      const tools = [...toolchain.readOnly, process.execPath, helperFolder, packageFile];
      const host = { home: await realpath(home), tools: await Promise.all(tools.map(realOrAsIs)), own };
      const line = helperLine([process.execPath, ...nodeFlags, helperPath], { env: { TMPDIR: own }, limits });
      const egress = spec.network === false ? null : await openEgress(spec.network);
      const proxy = egress === null ? null : await realpath(egress.folder);
      const wrapped = wrapCommandWithSandboxMacOS({
        ...runtimePolicy(spec, { host, git, egress: proxy }),
        command: line,
        binShell: "/bin/sh",
      });
      const env = commandEnv(spec, { ...toolchain.env, PATH: toolchain.path, TMPDIR: own }, git !== null);
      const disk = watchedDisk(spec, limits);
      return openSession({
        file: "/bin/sh",
        args: ["-c", `exec ${wrapped}`],
        programEnv: {},
        inputs: [],
        root: spec.root,
        env: { ...env, HOME: ownHome },
        door: (spec.door ?? null) === null ? null : { folder: spec.door ?? "", bin: join(own, "bin") },
        egress: egress === null || proxy === null ? null : { folder: proxy, noProxy: egress.noProxy },
        bounds: withEgress({ ...noBounds, release: () => rm(own, { recursive: true, force: true }) }, egress),
        disk: { folders: [...disk.folders, own], limits: disk.limits },
      });
    },
  });
}

/** Says that the helper's files are modules. */
const packageFile = join(dirname(dirname(helperFolder)), "package.json");

async function withRealPaths(spec: SandboxSpec): Promise<SandboxSpec> {
  const real = (path: string | null | undefined): Promise<string | null> =>
    path === null || path === undefined ? Promise.resolve(null) : realpath(path);
  const [scratch, home, door, gitCommonDir, gitDir] = await Promise.all(
    [spec.scratch, spec.home, spec.door, spec.gitCommonDir, spec.gitDir].map(real),
  );
  const readOnly = await Promise.all(spec.readOnly.map((path) => realpath(path)));
  return {
    ...spec,
    root: await realpath(spec.root),
    scratch: scratch ?? null,
    home: home ?? null,
    door: door ?? null,
    gitCommonDir: gitCommonDir ?? null,
    gitDir: gitDir ?? null,
    readOnly,
  };
}

function realOrAsIs(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
