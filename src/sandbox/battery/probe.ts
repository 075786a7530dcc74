import type { EscapeAttempt } from "../../core/escape-attempt.ts";

/** One attempt to get out. Dangerous places are only opened, never written. */
export type EscapeProbe = {
  name: string;
  /** What it tries, and why that would be bad; one sentence. */
  why: string;
  /**
   * Run by `sh -c` inside. Ends with 0 when it got through, with 1 when the system refused, with 3 when it cannot be tried here
   * (and prints why); anything else is a fault of the probe itself.
   */
  command: string;
  /** Why it gets nowhere on most machines even without any walls; null where it then gets through. */
  idle: string | null;
};

export type ProbeResult = EscapeAttempt & Pick<EscapeProbe, "idle">;

/** What the battery has planted outside, for the probes to look for. */
export type Targets = {
  /** In every file, environment and answer that must stay out of reach. */
  canary: string;
  /** A file beside everything. */
  secret: string;
  /** A folder that looks like the person's home. */
  home: string;
  /** The repository whose worktree the sandbox has. */
  repository: string;
  otherWorktree: string;
  journal: string;
  /** In the sandbox's own worktree. */
  linkToSecret: string;
  root: string;
  /** A process with the canary in its environment and its arguments. */
  pid: number;
  /** Ports and addresses of servers on the machine's loopback; null where the machine has no such thing. */
  tcp: number;
  tcp6: number | null;
  udp: number;
  /** A web server that the sandbox with a way out may reach, and that nobody counts. */
  listed: number;
  socket: string;
  abstractSocket: string;
};
