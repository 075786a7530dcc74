/**
 * A descriptor of a program to start: /dev/null, a pipe for few bytes, one whose other end is a stream, or a descriptor of this process,
 * which stays the caller's.
 */
export type Stdio = "nothing" | "pipe" | "stream" | number;

/** What to start. `stdio` are its descriptors 0, 1, 2 …; whatever else it would inherit becomes /dev/null. */
export type Program = {
  file: string;
  args: readonly string[];
  cwd: string;
  /** The whole environment. */
  env: Readonly<Record<string, string>>;
  stdio: readonly Stdio[];
};

/** To the starter, a line of JSON each. Bytes are in base64. */
export type Order =
  | { type: "start"; id: number; program: Program }
  | { type: "feed"; id: number; fd: number; bytes: string }
  | { type: "kill"; id: number; signal: NodeJS.Signals; group: boolean };

/** From the starter. `ended` is the last of each id, and comes after all output. */
export type News =
  | { type: "ready" }
  | { type: "began"; id: number; pid: number }
  | { type: "output"; id: number; fd: number; bytes: string }
  | { type: "ended"; id: number; ending: Ending };

/** How a process has ended; `failed`, with the system's code and words, where it could not be started. */
export type Ending =
  | { type: "exited"; exitCode: number }
  | { type: "signaled"; signal: string }
  | { type: "failed"; code: string; message: string };
