import type { GitView } from "../git-folder/git-view.ts";
import type { PrivateGit } from "../git-folder/private-git.ts";
import { doorProgram, doorProgramName } from "../inside/door-program.ts";
import { helperExtension, helperName, nodeFlags } from "../helper-command.ts";
import type { FolderBytes } from "../limits/memory-folders.ts";
import { residentScript } from "../resident/resident-script.ts";
import type { SandboxSpec } from "../sandbox.ts";

/** What is true of the machine, read once by the provider so that the profile is a pure function. */
export type SandboxHost = {
  uid: number;
  gid: number;
  /** bubblewrap 0.8.0 and later can forbid user namespaces inside. */
  canDisableUserns: boolean;
  /** System folders that exist: `/usr`, `/opt`, … and `/bin`, `/lib64`, … where they are real folders. */
  systemFolders: string[];
  /** `/bin` → `usr/bin` and the like, where they are links. */
  systemLinks: { path: string; target: string }[];
  /** What tools need of /etc, absolute; see host-etc.ts. */
  etc: string[];
  /** A folder with all of that and the files that are made up, or null; see staged-etc.ts. */
  stagedEtc: string | null;
  /** Files in system folders that may hold secrets and are seen as empty. */
  masked: string[];
  /** Folders and files of the person's own toolchains. */
  tools: string[];
  /** The Node that runs the helper, its real path. */
  node: string;
  helperFolder: string;
  /** See seccomp-filter.ts. */
  seccomp: Uint8Array | null;
};

/** The part of the limits that is in the profile. */
export type ProfileLimits = {
  /** What stands before the helper; see rlimits.ts. */
  rlimits: string[];
  /** How large a folder in memory may grow; null for half of the machine's memory each. */
  folderBytes: FolderBytes | null;
};

type Mount = { path: string; args: string[] };

/** `args` for bwrap and what it starts; the text of `inputs[i]` is expected on file descriptor `firstFd + i`. */
export type BubblewrapCommand = { args: string[]; program: string[]; inputs: Input[] };
export type Input = string | Uint8Array;

export const sandboxHome = "/home/agent";
const helperAt = "/run/agentx";
export const doorFolder: string = `${helperAt}/door`;
export const egressFolder: string = `${helperAt}/egress`;
const codeFolder = `${helperAt}/code`;
/** In memory; the helper puts the program `agentx` there. */
export const doorBin: string = `${helperAt}/bin`;
/** Whoever calls as root gets an ordinary user inside; anybody else keeps the own number. */
const ordinaryId = 1000;

type CodeFolder = { folder: string; writable: boolean };

/** What is started inside. */
export type Starts =
  /** `code`: what V8 made of its files, on the host, or null; it is written only by a helper that runs nothing. */
  | { type: "helper"; code: CodeFolder | null }
  /** A shell with the whole environment of its commands, which may become a helper. */
  | { type: "resident"; code: CodeFolder | null; env: Record<string, string> }
  /** Of one command, with its whole environment. A helper is told that of each command over its stdin. Behind a door it has the program `agentx`. */
  | { type: "shell"; script: string; env: Record<string, string> };

type Surroundings = {
  host: SandboxHost;
  starts: Starts;
  git: GitView | PrivateGit | null;
  /** The host folder in which this sandbox's proxy listens, or null. */
  egress: string | null;
  firstFd: number;
  limits: ProfileLimits;
};

/**
 * The walls. Parents are mounted before what lies in them, whatever order they are named in, so a folder is never hidden by a
 * later mount above it.
 */
export function bubblewrapArgs(
  spec: SandboxSpec,
  { host, starts, git, egress, firstFd, limits }: Surroundings,
): BubblewrapCommand {
  const inputs: Input[] = [];
  const text: Text = (path, content, mode = null) => {
    inputs.push(content);
    const perms = mode === null ? [] : ["--perms", mode];
    return { path, args: [...perms, "--ro-bind-data", String(firstFd + inputs.length - 1), path] };
  };
  const others = [
    ...memoryMounts(limits.folderBytes),
    ...systemMounts(host),
    ...(starts.type === "shell" ? [] : helperMounts(host, starts.code, text)),
    ...(starts.type === "shell" && (spec.door ?? null) !== null ? programMounts(host, text) : []),
    ...[...host.tools, ...spec.readOnly].map(readOnly),
    ...(git === null ? [] : "folders" in git ? viewMounts(git, text) : privateMounts(git)),
    spec.writable ? writable(spec.root) : readOnly(spec.root),
    ...(spec.scratch === null ? [] : [writable(spec.scratch)]),
    ...bound("--bind", spec.home ?? null, sandboxHome),
    ...bound("--ro-bind", spec.door ?? null, doorFolder),
    ...bound("--ro-bind", egress, egressFolder),
  ];
  const mounts = [...etcMounts(host, { others, text }), ...others];
  const args = [
    ...isolation(host),
    ...seccomp(host.seccomp, (filter) => firstFd + inputs.push(filter) - 1),
    ...inOrder(mounts).flatMap((mount) => mount.args),
    ...Object.entries(envOf(starts)).flatMap(([name, value]) => ["--setenv", name, value]),
    // The root and /dev of the sandbox are memory; read-only, a stray write fails instead of vanishing.
    "--remount-ro",
    "/dev",
    "--remount-ro",
    "/",
    ...(git !== null && "hidden" in git ? git.hidden : []).flatMap((path) => ["--remount-ro", path]),
    "--chdir",
    spec.root,
  ];
  return { args, program: [...limits.rlimits, ...wordsOf(starts)], inputs };
}

const helperWords = [`${helperAt}/node`, ...nodeFlags, `${helperAt}/sandbox/${helperName}`];

function wordsOf(starts: Starts): string[] {
  if (starts.type === "helper") return helperWords;
  const script =
    starts.type === "shell"
      ? starts.script
      : residentScript({ words: helperWords, env: helperEnv(starts.code) });
  return ["/bin/sh", "-c", script];
}

function envOf(starts: Starts): Record<string, string> {
  return starts.type === "helper" ? helperEnv(starts.code) : starts.env;
}

function helperEnv(code: CodeFolder | null): Record<string, string> {
  return code === null ? {} : { NODE_COMPILE_CACHE: codeFolder };
}

/** Also what the probe tries, so that it fails where a sandbox would. */
export function isolation(host: Pick<SandboxHost, "uid" | "gid" | "canDisableUserns">): string[] {
  return [
    // Own users, processes, network, IPC, host name and cgroups; a PID namespace ends daemons, a process group does not.
    "--unshare-all",
    // As root, the kernel would go on treating the code inside as root.
    "--uid",
    String(host.uid === 0 ? ordinaryId : host.uid),
    "--gid",
    String(host.gid === 0 ? ordinaryId : host.gid),
    // Needed although the uid is ordinary: a caller that is root keeps its capabilities, and a remount then writes the host.
    "--cap-drop",
    "ALL",
    // A nested user namespace would give all capabilities back, over a large part of the kernel.
    ...(host.canDisableUserns ? ["--unshare-user", "--disable-userns"] : []),
    // kill -9 of agentx ends everything inside.
    "--die-with-parent",
    // Without a terminal of its own, code inside could type into the person's (TIOCSTI).
    "--new-session",
    "--hostname",
    "sandbox",
    // Processes of this sandbox only.
    "--proc",
    "/proc",
    // Kernel settings belong to the host's root, which the caller may be: without this they are writable.
    "--ro-bind",
    "/proc/sys",
    "/proc/sys",
    // null, zero, random, tty and an own pts; no disks, no kvm, no fuse.
    "--dev",
    "/dev",
  ];
}

function seccomp(filter: Uint8Array | null, input: (filter: Uint8Array) => number): string[] {
  return filter === null ? [] : ["--seccomp", String(input(filter))];
}

function memoryMounts(bytes: FolderBytes | null): Mount[] {
  const sized = (path: string, size: number | undefined): Mount => ({
    path,
    args: [...(size === undefined ? [] : ["--size", String(size)]), "--tmpfs", path],
  });
  return [
    ...["/tmp", sandboxHome].map((path) => sized(path, bytes?.large)),
    ...["/var/tmp", "/run", "/dev/shm"].map((path) => sized(path, bytes?.small)),
  ];
}

function systemMounts(host: SandboxHost): Mount[] {
  return [
    ...host.systemFolders.map(readOnly),
    ...host.systemLinks.map(({ path, target }) => ({ path, args: ["--symlink", target, path] })),
    ...host.masked.map(emptied),
  ];
}

/** In one folder nothing can be mounted over what is not there. */
function etcMounts(host: SandboxHost, { others, text }: { others: readonly Mount[]; text: Text }): Mount[] {
  if (host.stagedEtc !== null && !others.some(({ path }) => path.startsWith("/etc/")))
    return bound("--ro-bind", host.stagedEtc, "/etc");
  return [...host.etc.map(readOnly), ...etcFiles(host).map(([path, content]) => text(path, content))];
}

function helperMounts(host: SandboxHost, code: CodeFolder | null, text: Text): Mount[] {
  return [...ownFiles(host, text), ...(code === null ? [] : [codeMount(code)])];
}

/** Of agentx's own: its Node, and what that runs inside. */
function ownFiles(host: SandboxHost, text: Text): Mount[] {
  return [
    ...bound("--ro-bind", host.node, `${helperAt}/node`),
    ...bound("--ro-bind", host.helperFolder, `${helperAt}/sandbox`),
    text(`${helperAt}/package.json`, '{"type":"module"}\n'),
  ];
}

/** What a helper would put there. */
function programMounts(host: SandboxHost, text: Text): Mount[] {
  const words = [`${helperAt}/node`, `${helperAt}/sandbox/${doorProgramName}.${helperExtension}`];
  return [...ownFiles(host, text), text(`${doorBin}/agentx`, doorProgram(words), "0755")];
}

/** Written rather than copied: the real ones name people, machines and services. */
export function etcFiles(host: Pick<SandboxHost, "uid" | "gid">): [string, string][] {
  const uid = host.uid === 0 ? ordinaryId : host.uid;
  const gid = host.gid === 0 ? ordinaryId : host.gid;
  return [
    [
      "/etc/passwd",
      `agent:x:${uid}:${gid}:agent:${sandboxHome}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n`,
    ],
    ["/etc/group", `agent:x:${gid}:\nnogroup:x:65534:\n`],
    ["/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n"],
    ["/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"],
  ];
}

function bound(how: "--bind" | "--ro-bind", source: string | null, path: string): Mount[] {
  return source === null ? [] : [{ path, args: [how, source, path] }];
}
/** Somebody may empty the temporary folder at any time: the helper then does without. */
function codeMount({ folder, writable }: CodeFolder): Mount {
  return { path: codeFolder, args: [writable ? "--bind" : "--ro-bind-try", folder, codeFolder] };
}
/** A file that can only be read. @param mode in octal digits */
type Text = (path: string, content: string, mode?: string | null) => Mount;

/** The repository's own git folder, to be read, without what names people, machines and remotes. */
function viewMounts(git: GitView, text: Text): Mount[] {
  return [
    ...git.folders.map(readOnly),
    ...git.hidden.map(tmpfs),
    ...git.emptied.map(emptied),
    text(git.configPath, git.config),
  ];
}

/** One of the worker's own in its place; only the objects are the repository's. */
function privateMounts({ folder, common, objects }: PrivateGit): Mount[] {
  return [
    { path: common, args: ["--bind", folder, common] },
    ...objects.map(({ from, at }) => ({ path: at, args: ["--ro-bind", from, at] })),
  ];
}

function readOnly(path: string): Mount {
  return { path, args: ["--ro-bind", path, path] };
}
function writable(path: string): Mount {
  return { path, args: ["--bind", path, path] };
}
function tmpfs(path: string): Mount {
  return { path, args: ["--tmpfs", path] };
}
function emptied(path: string): Mount {
  return { path, args: ["--ro-bind", "/dev/null", path] };
}

/** Parents first; of two mounts at one path the later one counts. */
function inOrder(mounts: Mount[]): Mount[] {
  const byPath = new Map(mounts.map((mount) => [mount.path, mount]));
  const depth = (mount: Mount): number => mount.path.split("/").length;
  return [...byPath.values()].sort((a, b) => depth(a) - depth(b));
}
