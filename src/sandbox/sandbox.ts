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
  network: boolean;
  /**
   * The absolute `.git` folder that `root` belongs to, or null. Objects and refs may then be read inside, so that
   * `git status`, `log` and `diff` work; config (remote URLs hold tokens), hooks and logs stay out, and nothing is writable.
   */
  gitCommonDir?: string | null;
};

export type ExecRequest = {
  /** Run by `sh -c` in `root`. */
  command: string;
  timeoutMs: number;
  signal?: AbortSignal;
  /** Called with each chunk of output as it comes, for a live view. */
  onOutput?: (chunk: string) => void;
  /** Absolute path of a file (outside the sandbox's reach) that gets the whole output; without it the output past the cap is dropped. */
  log?: string;
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
  constructor(code: string, message: string) {
    super(message);
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
};
