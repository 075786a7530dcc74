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
  /** The whole environment; PATH and HOME are set by the sandbox where they are missing. */
  env: Record<string, string>;
  network: boolean;
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
 * One open sandbox: a long-lived process tree that ends with `close` or with this process.
 * Paths are relative to `root` or absolute; they are resolved inside, so a symlink cannot lead out.
 */
export type Sandbox = {
  exec: (request: ExecRequest) => Promise<ExecResult>;
  /** Whole file as UTF-8 (invalid bytes replaced), at most `maxBytes` from byte `offset`. */
  readFile: (
    path: string,
    range?: { offset: number; maxBytes: number },
  ) => Promise<{ text: string; totalBytes: number; isBinary: boolean }>;
  /** Atomic (temporary file + rename in the same folder); creates missing folders; keeps the mode. */
  writeFile: (path: string, text: string) => Promise<void>;
  /** Depth-limited, sorted, without `.git` and what git ignores by default (`node_modules`). */
  list: (
    path: string,
    options: { depth: number; limit: number },
  ) => Promise<{ entries: FileEntry[]; truncated: boolean }>;
  /** JavaScript regular expression over text files under `path`, at most `limit` matches. */
  search: (
    pattern: string,
    options: { path: string; glob: string | null; limit: number },
  ) => Promise<{ matches: FileMatch[]; truncated: boolean }>;
  close: () => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** How sandboxes are had on this machine. `open` throws AgentxError SANDBOX_MISSING where they cannot be. */
export type SandboxProvider = {
  /** `bubblewrap 0.8.0`, or `none (unsafe)`. */
  name: string;
  isolates: boolean;
  open: (spec: SandboxSpec) => Promise<Sandbox>;
};
