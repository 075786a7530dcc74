import { join } from "node:path";
import type { MacOSSandboxParams } from "@anthropic-ai/sandbox-runtime/dist/sandbox/macos-sandbox-utils.js";
import type { GitView } from "../git-folder/git-view.ts";
import { doorSocket } from "../inside/protocol.ts";
import type { SandboxSpec } from "../sandbox.ts";

/** What is true of the Mac and of this one sandbox. Paths are real ones: Seatbelt compares what links lead to. */
export type RuntimeHost = {
  /** Of the person. */
  home: string;
  /** Folders and files of the person's own toolchains, and the Node and the helper's files, wherever they lie. */
  tools: string[];
  /** A folder of this sandbox's own, for its temporary files and, where it is given none, its HOME. */
  own: string;
};

export type RuntimePolicy = Omit<MacOSSandboxParams, "command" | "binShell">;

/**
 * Where people, projects and secrets are. `/tmp` and `/var` lead to `/private` there. The rest of the system can be read, as
 * compilers and the dynamic linker need much of it; there is no way to hide a folder and put another in its place.
 */
const places = [
  "/Users",
  "/Volumes",
  "/Network",
  "/private/tmp",
  "/private/var/tmp",
  "/private/var/folders",
  "/private/var/root",
  "/private/var/db/dslocal",
  "/private/var/log",
  "/private/etc/ssh",
  "/private/etc/sudoers",
  "/private/etc/master.passwd",
  "/Library/Keychains",
  "/opt/homebrew/etc",
  "/opt/homebrew/var",
  "/usr/local/etc",
  "/usr/local/var",
];

/**
 * What Anthropic's sandbox-runtime makes a Seatbelt profile of. A loopback of its own there is none: with a door, commands may listen on loopback and
 * reach what listens there; without one they may do neither.
 */
export function runtimePolicy(
  spec: SandboxSpec,
  { host, git, egress }: { host: RuntimeHost; git: GitView | null; egress: string | null },
): RuntimePolicy {
  const sockets = [spec.door ?? null, egress].filter((folder) => folder !== null);
  const home = spec.home ?? null;
  const writable = [
    ...(spec.writable ? [spec.root] : []),
    ...[spec.scratch, home, host.own].filter((path) => path !== null),
  ];
  const readable = [
    ...writable,
    spec.root,
    ...host.tools,
    ...spec.readOnly,
    ...(git === null ? [] : readableGit(git)),
    ...sockets,
  ];
  return {
    // The dispatcher's proxy is reached by a socket, like the door.
    needsNetworkRestriction: true,
    // `literal`: a bracket in a folder's name is a bracket.
    readConfig: {
      denyOnly: [],
      literalDenyOnly: [...places, host.home],
      allowWithinDeny: [],
      literalAllowWithinDeny: [...new Set(readable)],
    },
    writeConfig: {
      allowOnly: ["/dev/null", "/dev/zero", "/dev/tty"],
      literalAllowOnly: [...new Set(writable)],
      denyWithinAllow: [],
      // The link from the worktree to its git folder is the dispatcher's.
      literalDenyWithinAllow: [join(spec.root, ".git")],
    },
    allowLocalBinding: sockets.length > 0,
    allowUnixSockets: sockets.map((folder) => join(folder, doorSocket)),
    allowAllUnixSockets: false,
    allowPty: false,
    allowGitConfig: false,
  };
}

/** The real config, since there can be no other in its place; not where its addresses hold somebody's login. Then git refuses to work. */
function readableGit({ folders, configPath, realConfig }: GitView): string[] {
  return holdsLogin(realConfig) ? folders : [...folders, configPath];
}

function holdsLogin(config: string): boolean {
  return /:\/\/[^/\s]*@|extraheader|password|token|helper/i.test(config);
}
