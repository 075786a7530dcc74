import { doorBin, doorFolder, egressFolder, sandboxHome } from "../bubblewrap/bubblewrap-args.ts";
import type { GitView } from "../git-folder/git-view.ts";
import { helperName, nodeFlags } from "../helper-command.ts";
import type { FolderBytes } from "../limits/memory-folders.ts";
import type { HardLimits } from "../limits/rlimits.ts";
import type { SandboxLimits } from "../../core/run-settings.ts";
import type { PrivateGit } from "../git-folder/private-git.ts";
import type { SandboxSpec } from "../sandbox.ts";
import type { EngineName } from "./engine.ts";
import type { Identity } from "./identity.ts";

/** What is true of the machine, the engine and the image, so that the command line is a pure function. */
export type ContainerHost = {
  engine: EngineName;
  image: string;
  identity: Identity;
  /** Real path of the Node that runs agentx; null where the image's own runs the helper. */
  node: string | null;
  helperFolder: string;
  /** SELinux keeps a container from what was not labelled for it. */
  isSelinux: boolean;
  /** Text of a seccomp profile; null for the engine's own. */
  seccomp: string | null;
  hard: HardLimits | null;
};

export type ContainerSurroundings = {
  host: ContainerHost;
  /** See leftovers.ts. */
  name: string;
  machine: string;
  git: GitView | PrivateGit | null;
  /** The host folder in which the proxy listens, or null for no network. */
  egress: string | null;
  /** A host folder with the files that are made up: see `madeUpFiles`. */
  texts: string;
  limits: SandboxLimits;
  folderBytes: FolderBytes | null;
};

const seccompFile = "seccomp.json";
/**
 * Process 1 is a shell that waits: it takes in what daemons leave behind, which Node does not. Its environment can be read by all,
 * so it has none of the image's.
 */
const firstProcess = `node=$(command -v "$0") && exec env -i /bin/sh -c '"$0" "$@"; exit "$?"' "$node" "$@"`;

type Mount = { path: string; args: string[] };

const helperAt = "/run/agentx";
export const hostLabel = "agentx.host";
/** Engines put the person's proxies into containers, passwords and all, unless they are named. */
const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];

/** Where no limit is asked for, and an engine's own would be too much or too little. */
const many = 16_384;

/** What follows the engine's own name. The commands' environment is not in it: it reaches the helper over its stdin. */
export function containerArgs(spec: SandboxSpec, around: ContainerSurroundings): string[] {
  const { host, name, machine, texts } = around;
  return [
    "run",
    // It goes with its end, and is found by its maker when that end was not clean.
    "--rm",
    "--name",
    name,
    "--label",
    `${hostLabel}=${machine}`,
    // Process 1 takes no heed of anything milder.
    "--stop-signal",
    "SIGKILL",
    // The helper lives as long as its stdin: kill -9 of agentx closes it.
    "--interactive",
    // Nothing is downloaded that the person has not asked for.
    "--pull",
    "never",
    // The protocol of the helper is nobody's log, and the image's own health check nobody's business.
    "--log-driver",
    "none",
    "--no-healthcheck",
    ...isolation(host),
    ...(host.seccomp === null ? [] : ["--security-opt", `seccomp=${texts}/${seccompFile}`]),
    ...limitFlags(around),
    ...proxies.flatMap((each) => ["--env", `${each}=`, "--env", `${each.toLowerCase()}=`]),
    ...inOrder(mountsOf(spec, around)).flatMap((mount) => mount.args),
    "--workdir",
    spec.root,
    // The image's entry point is a program of the image's maker.
    "--entrypoint",
    "/bin/sh",
    host.image,
    "-c",
    firstProcess,
    ...helperWords(host.node),
  ];
}

/** Also what the probe tries, so that it fails where a sandbox would. */
export function isolation({ identity, isSelinux }: ContainerHost): string[] {
  return [
    // The only way to a network is the dispatcher's proxy, by a socket.
    "--network",
    "none",
    "--user",
    `${identity.uid}:${identity.gid}`,
    ...identity.flags,
    // Root inside, where there is one, has no power; and no program can win it back.
    "--cap-drop",
    "ALL",
    "--security-opt",
    "no-new-privileges",
    // The files of a worktree have no label of a container, and giving them one would change the person's.
    ...(isSelinux ? ["--security-opt", "label=disable"] : []),
    // What is not mounted for writing cannot be written, and nothing piles up in the engine's storage.
    "--read-only",
    "--ipc",
    "private",
    "--hostname",
    "sandbox",
    // Should the machine run out of memory, what is inside ends first.
    "--oom-score-adj",
    "500",
  ];
}

/** Also what the probe tries. */
export function limitFlags({
  host: { hard },
  limits,
}: Pick<ContainerSurroundings, "host" | "limits">): string[] {
  const atMost = (name: keyof HardLimits, value: number): number =>
    hard === null ? value : Math.min(value, hard[name]);
  const ulimit = (name: string, value: number): string[] => ["--ulimit", `${name}=${value}:${value}`];
  return [
    ...(limits.processes === null ? [] : ["--pids-limit", String(limits.processes)]),
    // The same with swap: otherwise what is past the limit goes on there.
    ...(limits.memory === null
      ? []
      : ["--memory", String(limits.memory), "--memory-swap", String(limits.memory)]),
    ...(limits.file === null ? [] : ulimit("fsize", atMost("fsize", limits.file))),
    // podman asks for the most that there is, and fails where this process may not have it.
    ...ulimit("nofile", atMost("nofile", limits.openFiles ?? many)),
    // The kernel may count all processes of the person here, so this is no limit of a sandbox.
    ...ulimit("nproc", atMost("nproc", many)),
    ...ulimit("core", 0),
  ];
}

/** By name, in the folder `texts`. */
export function madeUpFiles(
  { identity: { uid, gid }, seccomp }: Pick<ContainerHost, "identity" | "seccomp">,
  git: GitView | PrivateGit | null,
): Record<string, string> {
  return {
    "package.json": '{"type":"module"}\n',
    // As the bubblewrap profile has them; an image knows nothing of the person's number.
    passwd: `agent:x:${uid}:${gid}:agent:${sandboxHome}:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n`,
    group: `agent:x:${gid}:\nnogroup:x:65534:\n`,
    ...(seccomp === null ? {} : { [seccompFile]: seccomp }),
    ...(git !== null && "config" in git ? { "git-config": git.config } : {}),
  };
}

/** What runs the helper: this Node, which is there read-only, or the image's own. */
function helperWords(node: string | null): string[] {
  return [node === null ? "node" : `${helperAt}/node`, ...nodeFlags, `${helperAt}/sandbox/${helperName}`];
}

/** Also what the probe needs. */
export function nodeMount(node: string | null): Mount[] {
  return node === null ? [] : [bind(node, `${helperAt}/node`, "readonly")];
}

function mountsOf(
  spec: SandboxSpec,
  { host, git, egress, texts, folderBytes }: ContainerSurroundings,
): Mount[] {
  const own = (path: string): Mount => bind(path, path, "readonly");
  const memory = (path: string, size: number | undefined): Mount => inMemory(path, size, host.engine);
  return [
    ...["/tmp", "/var/tmp"].map((path) => memory(path, folderBytes?.large)),
    ...["/run", "/dev/shm", doorBin].map((path) => memory(path, folderBytes?.small)),
    (spec.home ?? null) === null
      ? memory(sandboxHome, folderBytes?.large)
      : bind(spec.home ?? "", sandboxHome, "writable"),
    ...["passwd", "group"].map((name) => bind(`${texts}/${name}`, `/etc/${name}`, "readonly")),
    bind(`${texts}/package.json`, `${helperAt}/package.json`, "readonly"),
    bind(host.helperFolder, `${helperAt}/sandbox`, "readonly"),
    ...nodeMount(host.node),
    ...spec.readOnly.map(own),
    ...(git === null ? [] : "folders" in git ? viewMounts(git, texts) : privateMounts(git)),
    bind(spec.root, spec.root, spec.writable ? "writable" : "readonly"),
    ...(spec.scratch === null ? [] : [bind(spec.scratch, spec.scratch, "writable")]),
    ...((spec.door ?? null) === null ? [] : [bind(spec.door ?? "", doorFolder, "readonly")]),
    ...(egress === null ? [] : [bind(egress, egressFolder, "readonly")]),
  ];
}

function viewMounts(git: GitView, texts: string): Mount[] {
  return [
    ...git.folders.map((path) => bind(path, path, "readonly")),
    ...git.hidden.map((path) => ({ path, args: ["--tmpfs", `${path}:ro,nosuid,nodev,size=64k,mode=755`] })),
    ...git.emptied.map((path) => bind("/dev/null", path, "readonly")),
    bind(`${texts}/git-config`, git.configPath, "readonly"),
  ];
}

function privateMounts({ folder, common, objects }: PrivateGit): Mount[] {
  return [bind(folder, common, "writable"), ...objects.map(({ from, at }) => bind(from, at, "readonly"))];
}

/** Engines forbid to run what lies in memory unless they are told otherwise, and builds do. */
function inMemory(path: string, size: number | undefined, engine: EngineName): Mount {
  const options = ["rw", "exec", "nosuid", "nodev", "mode=1777"];
  // podman would fill it with what the image has there.
  if (engine === "podman") options.push("notmpcopyup");
  if (size !== undefined) options.push(`size=${size}`);
  return { path, args: ["--tmpfs", `${path}:${options.join(",")}`] };
}

function bind(source: string, path: string, how: "writable" | "readonly"): Mount {
  const fields = ["type=bind", `source=${source}`, `target=${path}`, ...(how === "readonly" ? [how] : [])];
  return { path, args: ["--mount", fields.map(csvField).join(",")] };
}

/** Engines read a mount as a line of CSV. */
function csvField(field: string): string {
  return /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Parents first; of two mounts at one path the later one counts. */
function inOrder(mounts: Mount[]): Mount[] {
  const byPath = new Map(mounts.map((mount) => [mount.path, mount]));
  const depth = (mount: Mount): number => mount.path.split("/").length;
  return [...byPath.values()].sort((a, b) => depth(a) - depth(b));
}
