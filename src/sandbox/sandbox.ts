import type { RedactStream } from "../core/secrets/redact.ts";
import type { Egress } from "./egress/egress.ts";

/** What the code inside may see and do. Everything that is not named here is absent or read-only. */
export type SandboxSpec = {
  /** Absolute path of the checkout; it is seen at the same path inside and is the working directory. */
  root: string;
  /** May `root` be written? */
  writable: boolean;
  /** A folder outside `root` that may be written and is seen at the same path (spilled tool output), or null. */
  scratch: string | null;
  /** Further absolute paths that may be read. */
  readOnly: string[];
  /**
   * The whole environment of the commands; PATH and HOME are set by the sandbox where they are missing.
   * Commands can read it, so it never holds a secret.
   */
  env: Record<string, string>;
  /** False for none. Otherwise what the dispatcher's proxy lets through; there is no other way to any network. */
  network: false | Egress;
  /**
   * The absolute `.git` folder that `root` belongs to, or null. Objects and refs may then be read inside, so that
   * `git status`, `log` and `diff` work; config (remote URLs hold tokens), hooks and logs stay out, and nothing is writable.
   */
  gitCommonDir?: string | null;
  /**
   * The entry of `root` in that folder's list of worktrees, where the caller knows it; null: it is looked for among all of them.
   * Never from a file that could be written inside.
   */
  gitDir?: string | null;
  /**
   * An empty host folder that becomes a git folder of the worker's own, in the place of `gitCommonDir`: it may commit, branch
   * and stash there, and what it does moves nothing of the repository's. Null: git can only be read.
   */
  gitScratch?: string | null;
  /** A host folder that is HOME inside, writable, at the sandbox's usual place for HOME; null for one in memory. */
  home?: string | null;
  /**
   * A host folder in which somebody listens on the unix socket `s`, now or later: the only way out of a sandbox without
   * `network`. Inside, the file is reached by `openDoor`. Null for none.
   */
  door?: string | null;
  /**
   * Little is done in it but this, and where the platform can, that takes less. `programs` that need no address of the door are started: each
   * gets walls of its own and no helper. `files` are read and written before anything runs: it is opened when something is to run,
   * so SANDBOX_OPEN may come then, nothing is spawned, and commands that overlap may wait for one another. Null: anything.
   */
  mostly?: "programs" | "files" | null;
};

export type ExecRequest = {
  /** Run by `sh -c` in `root`. */
  command: string;
  timeoutMs: number;
  signal?: AbortSignal;
  /** Called when there was output, a tenth of a second late at most: a sign of life. */
  onOutput?: () => void;
  /** Absolute path of a file (outside the sandbox's reach) that gets the whole output; without it the output past the cap is dropped. */
  log?: string;
  /** What of the output may stand in the log. */
  redactLog?: RedactStream;
};

/** A program that is talked to while it runs: an agent of another vendor. */
export type SpawnRequest = {
  /** Found on the sandbox's PATH, or an absolute path. No shell is involved. */
  file: string;
  args: string[];
  /** Added to the sandbox's environment. */
  env: Record<string, string>;
  /** Text as it comes, UTF-8 decoded across chunks, invalid bytes replaced; lines may be cut anywhere. */
  onStdout: (text: string) => void;
  onStderr: (text: string) => void;
};

export type SpawnEnding =
  | { type: "exited"; exitCode: number }
  | { type: "killed"; signal: string }
  /** It could not be started: ENOENT, EACCES, E2BIG. */
  | { type: "failed"; reason: string };

/** It has a session and a process group of its own; all of the group is ended with it. */
export type Spawned = {
  write: (text: string) => void;
  endInput: () => void;
  /** SIGTERM to the group, SIGKILL after the grace time. Resolves when it is gone. */
  stop: () => Promise<void>;
  /** After the process is gone and its output was handed over. Rejects with AgentxError when the sandbox is lost or closed. */
  ended: Promise<SpawnEnding>;
};

/** stdout and stderr interleaved as they came, control sequences kept, cut in the middle past 256 KiB. */
export type ExecResult = {
  output: string;
  /** Bytes before the cut. */
  totalBytes: number;
  ms: number;
} & ({ type: "exited"; exitCode: number } | { type: "timed-out" } | { type: "killed"; reason: string });

export type FileEntry = { path: string; type: "file" | "directory" | "symlink"; bytes: number };
export type FileMatch = { path: string; line: number; text: string };

/** An expected failure of a file operation: ENOENT, EACCES, EISDIR, … with a sentence for the model. */
export class SandboxFileError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = "SandboxFileError";
    this.code = code;
  }
}

/**
 * One open sandbox: a long-lived process tree that ends with `close` or with this process. Calls may overlap.
 * When it dies, everything in flight and all later calls reject with AgentxError SANDBOX_LOST.
 * Paths are relative to `root` or absolute; they are resolved inside, so a symlink cannot lead out.
 */
export type Sandbox = {
  exec: (request: ExecRequest) => Promise<ExecResult>;
  spawn: (request: SpawnRequest) => Spawned;
  /** What HOME is inside. */
  home: string;
  /**
   * Makes the spec's door a loopback address inside: `http://127.0.0.1:<port>`, for which every connection is piped to the
   * socket; in a sandbox for programs alone, where no helper listens, `http://unix:<socket>:`. One address a sandbox: later calls give the same. Throws AgentxError SANDBOX_DOOR where the spec has no door.
   */
  openDoor: () => Promise<string>;
  /**
   * UTF-8 (invalid bytes replaced), at most `maxBytes` from byte `offset`; never more than 4 MiB, which is also the default.
   * More is left when `offset` + what came is less than `totalBytes`. Throws SandboxFileError.
   */
  readFile: (
    path: string,
    range?: { offset: number; maxBytes: number },
  ) => Promise<{ text: string; totalBytes: number; isBinary: boolean }>;
  /** Atomic (temporary file + rename in the same folder); creates missing folders; keeps the mode. Throws SandboxFileError. */
  writeFile: (path: string, text: string) => Promise<void>;
  /** Depth-limited, sorted, without `.git` and what git ignores by default (`node_modules`). */
  list: (
    path: string,
    options: { depth: number; limit: number },
  ) => Promise<{ entries: FileEntry[]; truncated: boolean }>;
  /**
   * JavaScript regular expression over the lines of text files under `path`, at most `limit` matches. `glob` without a slash is
   * matched against the file's name, otherwise against its path from `root`. Throws SandboxFileError EINVAL for a bad pattern,
   * ETIMEDOUT for one that takes too long.
   */
  search: (
    pattern: string,
    options: { path: string; glob: string | null; limit: number },
  ) => Promise<{ matches: FileMatch[]; truncated: boolean }>;
  /** Ends every process inside, daemons too. What is in flight rejects with AgentxError SANDBOX_CLOSED. Never throws. */
  close: () => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** How sandboxes are had on this machine. `open` throws AgentxError SANDBOX_OPEN with the reason where one cannot be had. */
export type SandboxProvider = {
  /** `bubblewrap 0.8.0`, or `none (unsafe)`. */
  name: string;
  isolates: boolean;
  open: (spec: SandboxSpec) => Promise<Sandbox>;
  /**
   * One command in a sandbox of its own, which ends with it, daemons too: as by `open`, `exec` and `close`, and cheaper where nothing else
   * is wanted of the sandbox. A command that a signal ended may be `exited` with 128 and the signal's number, as shells say it.
   */
  run: (spec: SandboxSpec, request: ExecRequest) => Promise<ExecResult>;
};
