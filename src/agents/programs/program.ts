import type { ProgramName } from "../../core/agent-spec.ts";
import type { Guest, GuestEnd, GuestEvent, GuestTurn } from "../guest/guest.ts";

/** What a headless program is started with; files come first. */
export type Start = {
  args: string[];
  env: Record<string, string>;
  /** Given on stdin, which is then closed unless `keepsInput`. A prompt goes here: argv has a limit of 128 KiB. */
  stdin: string;
  keepsInput: boolean;
  /** Configuration and instructions, relative to HOME. They are written anew at every start. */
  files: Record<string, string>;
};

export type StartOptions = Pick<
  GuestTurn,
  | "role"
  | "system"
  | "prompt"
  | "session"
  | "newSession"
  | "model"
  | "credentials"
  | "web"
  | "urls"
  | "readOnly"
> & {
  /** HOME inside the sandbox. */
  home: string;
  root: string;
};

/** How the process ended, with the end of what it said on stderr and of stdout lines that are no events. */
export type Exit = {
  how:
    | { type: "exited"; exitCode: number }
    | { type: "killed"; signal: string }
    | { type: "failed"; reason: string };
  /** At most the last 4,000 characters. */
  stderr: string;
  /** The program's own `ended`, or null when it told none. */
  told: GuestEnd | null;
  /** Tools that were denied. */
  denied: string[];
};

/** A headless program as data and pure functions: how to start it, what a line of its output means, how it ended. */
export type CliProgram = Pick<Guest, "apis" | "notes" | "resumes" | "credentialFiles" | "credentialEnv"> & {
  name: ProgramName;
  /** The command that installs it, for a hint. */
  install: string;
  start: (options: StartOptions) => Start;
  /** One line of stdout, without its end. What is no event of this program gives []. Never throws. */
  parseLine: (line: string) => GuestEvent[];
  /** Where lines mean something only together (words that come in pieces): made for each start, called instead of `parseLine`. */
  startReading?: () => (line: string) => GuestEvent[];
  /** Where exit code and words disagree, the worse one counts. */
  readEnd: (exit: Exit) => GuestEnd;
  /**
   * Whether this line says that it goes on no further by itself, for a program that may tell an end and then do more.
   * Input that is kept open is closed then. Absent: at its first `ended`.
   */
  isOver?: (line: string) => boolean;
  /** A note as a line for stdin, where `notes` is `next-turn`. */
  noteLine?: (text: string) => string;
};
