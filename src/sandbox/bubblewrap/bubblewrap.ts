import { existsSync, readFileSync, realpathSync } from "node:fs";
import { totalmem } from "node:os";
import type { SandboxLimits } from "../../core/run-settings.ts";
import {
  bubblewrapArgs,
  doorBin,
  doorFolder,
  egressFolder,
  etcFiles,
  type SandboxHost,
  sandboxHome,
} from "./bubblewrap-args.ts";
import { keptFolder } from "../kept-folder.ts";
import { StagedEtc } from "./staged-etc.ts";
import { checkPaths } from "../check-paths.ts";
import { ExpectedNeed } from "../from-outside/expected-need.ts";
import { openEgress, withEgress } from "../egress/open-egress.ts";
import { helperFolder } from "../helper-command.ts";
import { etcReader, readSystem } from "./host-etc.ts";
import type { HelperStart } from "../helper/helper-process.ts";
import { boundsFor, noBounds } from "../limits/bounds.ts";
import { findLimitMeans } from "../limits/limit-means.ts";
import { readHardLimits, rlimitWords } from "../limits/rlimits.ts";
import { watchedDisk } from "../limits/watched-disk.ts";
import { memoryFolders } from "../limits/memory-folders.ts";
import type { AloneStart } from "../alone/lone-child.ts";
import { doorVariable } from "../inside/protocol.ts";
import { KnownRefs } from "../git-folder/known-refs.ts";
import { readGit } from "../git-folder/read-git.ts";
import { commandEnv } from "../command-env.ts";
import { ReadyPipes } from "../ready-pipes.ts";
import { outputFds, residentPrograms } from "../resident/resident-script.ts";
import { runInOpened } from "../helper/run-in-opened.ts";
import { seccompFilter } from "./seccomp-filter.ts";
import type { Sandbox, SandboxProvider, SandboxSpec } from "../sandbox.ts";
import type { Toolchain } from "../tools/toolchain.ts";

export type BubblewrapOptions = {
  /** Absolute path of bwrap. */
  file: string;
  version: string;
  canDisableUserns: boolean;
  toolchain: Toolchain;
  limits: SandboxLimits;
};

/**
 * bwrap reads its arguments from the descriptor after those that the program inside gets, so that they are in no process list; the files
 * that it makes up follow. Its own environment is empty: `--clearenv` would leave ours readable in /proc/1/environ.
 */
const usualFds = 3;

/** The door where nobody makes a port of it. */
const doorSocket = `http://unix:${doorFolder}/s:`;

export function bubblewrapProvider({
  file,
  version,
  canDisableUserns,
  toolchain,
  limits,
}: BubblewrapOptions): SandboxProvider {
  const system = readSystem();
  const readEtc = etcReader();
  const seccomp = seccompFilter(process.arch);
  const means = findLimitMeans();
  const hard = readHardLimits(readFileSync("/proc/self/limits", "utf8"));
  const profile = {
    rlimits: rlimitWords(limits, { means, hard }),
    // The flag came with 0.7.0 and is refused to a setuid bwrap; whoever has the other one has it too.
    folderBytes: canDisableUserns ? memoryFolders(limits.memory, totalmem()) : null,
  };
  const ids = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const stagedEtc = new StagedEtc(keptFolder);
  const etcOf = (paths: string[]): Pick<SandboxHost, "etc" | "stagedEtc"> => ({
    etc: paths,
    stagedEtc: stagedEtc.of({ paths, texts: etcFiles(ids) }),
  });
  const host = (): SandboxHost => ({
    ...ids,
    ...etcOf(readEtc()),
    canDisableUserns,
    ...system,
    tools: toolchain.readOnly,
    node: realpathSync(process.execPath),
    helperFolder,
    seccomp,
  });
  const wrapped = (
    spec: SandboxSpec,
    inside: Omit<Parameters<typeof bubblewrapArgs>[1], "host" | "firstFd" | "limits">,
  ): Pick<HelperStart, "file" | "args" | "programEnv" | "inputs" | "root"> => {
    const argsFd = usualFds + (inside.starts.type === "resident" ? outputFds.length : 0);
    const { args, program, inputs } = bubblewrapArgs(spec, {
      ...inside,
      host: host(),
      firstFd: argsFd + 1,
      limits: profile,
    });
    return {
      file,
      args: ["--args", String(argsFd), "--", ...program],
      programEnv: {},
      inputs: [args.map((arg) => `${arg}\0`).join(""), ...inputs],
      root: spec.root,
    };
  };
  const fill = async (folder: string): Promise<void> => {
    const spec = { root: helperFolder, writable: false, scratch: null, readOnly: [], env: {} };
    const starts = { type: "helper", code: { folder, writable: true } } as const;
    const { compileHelper } = await import("../helper/code-cache.ts");
    await compileHelper({
      ...wrapped({ ...spec, network: false }, { git: null, egress: null, starts }),
      env: {},
      door: null,
      egress: null,
      bounds: noBounds,
      disk: null,
    });
  };
  let code: Promise<string | null> | null = null;
  const pipes = new ReadyPipes();
  const expected = new ExpectedNeed();
  const refs = new KnownRefs();
  const seesProcesses = showsAllProcesses(readFileSync("/proc/self/mountinfo", "utf8"));
  const hasResidentPrograms = residentPrograms.every((path) => existsSync(path));
  const envOf = (spec: SandboxSpec, hasGit: boolean): Record<string, string> =>
    commandEnv(spec, { ...toolchain.env, PATH: toolchain.path }, hasGit);
  const aloneStart = async (
    spec: SandboxSpec,
    { script, env }: { script: string; env: Record<string, string> },
  ): Promise<AloneStart> => {
    checkPaths(spec);
    const git = await readGit(spec, refs);
    const given = envOf(spec, git !== null);
    const reached = isBehindDoor(spec)
      ? { PATH: `${doorBin}:${given["PATH"]}`, [doorVariable]: doorSocket }
      : {};
    const starts = { type: "shell", script, env: { ...given, ...reached, ...env } } as const;
    return {
      ...wrapped(spec, { git, egress: null, starts }),
      env: {},
      isWalled: true,
      bounds: await boundsFor(limits, means),
      disk: watchedDisk(spec, limits),
      pipes,
    };
  };
  const run: SandboxProvider["run"] = async (spec, request) => {
    if (!seesProcesses || needsHelper(spec)) return runInOpened(openWithHelper, spec, request);
    const [{ aloneScript }, { runAlone }] = await Promise.all([
      import("../alone/lone-child.ts"),
      import("../alone/run-alone.ts"),
    ]);
    const script = `${aloneScript}${request.command}`;
    return runAlone(await aloneStart(spec, { script, env: {} }), request);
  };
  const openForPrograms = async (spec: SandboxSpec): Promise<Sandbox> => {
    const [{ aloneScript }, { startAlone }, { loneSandbox, programLine }, { walledFiles }] =
      await Promise.all([
        import("../alone/lone-child.ts"),
        import("../alone/start-alone.ts"),
        import("../alone/lone-sandbox.ts"),
        import("../from-outside/outside-files.ts"),
      ]);
    return loneSandbox({
      spec,
      outside: walledFiles(spec, sandboxHome),
      home: sandboxHome,
      open: () => openWithHelper(spec),
      run: (request) => run({ ...spec, door: null }, request),
      start: ({ file: program, args, env, onStdout, onStderr }) => {
        const script = `${aloneScript}${programLine({ file: program, args })}`;
        return startAlone(aloneStart(spec, { script, env }), { onStdout, onStderr });
      },
      door: isBehindDoor(spec) ? doorSocket : null,
    });
  };
  const codeOf = async (): Promise<{ folder: string; writable: false } | null> => {
    const { codeCache } = await import("../helper/code-cache.ts");
    const folder = await (code ??= codeCache({ kind: "bubblewrap", fill }));
    return folder === null ? null : { folder, writable: false };
  };
  const openWithHelper = async (spec: SandboxSpec): Promise<Sandbox> => {
    checkPaths(spec);
    const git = await readGit(spec, refs);
    // Only here: what they bring along would be loaded before a model is asked.
    const { openSession } = await import("../helper/open-session.ts");
    const starts = { type: "helper", code: await codeOf() } as const;
    const egress = spec.network === false ? null : await openEgress(spec.network);
    try {
      return await openSession({
        ...wrapped(spec, {
          git,
          egress: egress?.folder ?? null,
          starts,
        }),
        env: envOf(spec, git !== null),
        door: isBehindDoor(spec) ? { folder: doorFolder, bin: doorBin } : null,
        egress: egress === null ? null : { folder: egressFolder, noProxy: egress.noProxy },
        bounds: withEgress(await boundsFor(limits, means), egress),
        disk: watchedDisk(spec, limits),
      });
    } catch (error) {
      await egress?.close();
      throw error;
    }
  };
  const openForCommands = async (spec: SandboxSpec): Promise<Sandbox> => {
    if (!hasResidentPrograms || !seesProcesses || needsHelper(spec)) return openWithHelper(spec);
    checkPaths(spec);
    const git = await readGit(spec, refs);
    const { openResident } = await import("../resident/open-resident.ts");
    const env = envOf(spec, git !== null);
    return openResident({
      ...wrapped(spec, { git, egress: null, starts: { type: "resident", code: await codeOf(), env } }),
      env,
      bounds: await boundsFor(limits, means),
      disk: watchedDisk(spec, limits),
      pipes,
    });
  };
  const openLate = async (spec: SandboxSpec): Promise<Sandbox> => {
    checkPaths(spec);
    const [{ lateSandbox }, { walledFiles }] = await Promise.all([
      import("../from-outside/late-sandbox.ts"),
      import("../from-outside/outside-files.ts"),
    ]);
    const outside = walledFiles(spec, sandboxHome);
    return lateSandbox({ spec, outside, home: sandboxHome, expected, open: () => openForCommands(spec) });
  };
  return {
    name: `bubblewrap ${version}`,
    isolates: true,
    open: (spec) => {
      if (spec.mostly === "files") return openLate(spec);
      // To put a program's file in its place takes a flag that came some time before that one.
      const canBeAlone = spec.network === false && seesProcesses && canDisableUserns;
      return spec.mostly === "programs" && canBeAlone ? openForPrograms(spec) : openWithHelper(spec);
    },
    run,
  };
}

/**
 * Where some of /proc is hidden from this user, what is in a sandbox can only be watched inside.
 * @param mounts text of /proc/self/mountinfo
 */
export function showsAllProcesses(mounts: string): boolean {
  return !/ \/proc .* - proc .*\bhidepid=(?!0|off)/m.test(mounts);
}

/** Only it turns a socket into a port inside. */
function needsHelper(spec: SandboxSpec): boolean {
  return spec.network !== false || isBehindDoor(spec);
}

function isBehindDoor({ door = null }: SandboxSpec): boolean {
  return door !== null;
}
