/**
 * What the two halves of a sandbox say to each other: JSON, one message a line, on the helper's stdin and stdout.
 * Only types and numbers, because the helper inside runs without npm packages.
 */

/** First line in; answered with `ready`. The environment travels here, so no process's argv or own environment shows it. */
export type StartMessage = {
  type: "start";
  root: string;
  env: Record<string, string>;
  door: DoorPlace | null;
  egress: EgressPlace | null;
  /** Bytes that everything inside may have together, where the helper is to see to it. */
  memory: number | null;
};

export type DoorPlace = {
  /** The folder with the socket, as seen from the helper. */
  folder: string;
  /** Where the program `agentx` is put, for the PATH; null for a temporary folder that goes with the helper. */
  bin: string | null;
};

export type EgressPlace = {
  /** The folder in which the dispatcher's proxy listens, as seen from the helper. */
  folder: string;
  /** Hosts that are not asked of the proxy, as NO_PROXY has them. */
  noProxy: string;
};

/** In the folder of a door, and in that of the way out. */
export const doorSocket = "s";
export const doorVariable = "AGENTX_DOOR";

export type Call =
  /** `tell`: all output as it comes, or only a sign now and then that there is some. The answer has the capped output. */
  | { type: "exec"; command: string; timeoutMs: number; tell: "text" | "signs" | "nothing" }
  /** Answered when the program is gone; until then `input` and `cancel` are for it. */
  | { type: "spawn"; file: string; args: string[]; env: Record<string, string> }
  | { type: "readFile"; path: string; offset: number; maxBytes: number }
  | { type: "writeFile"; path: string; text: string }
  | { type: "list"; path: string; depth: number; limit: number }
  | { type: "search"; pattern: string; path: string; glob: string | null; limit: number }
  /** Because the disk is at its limit; answered with how many processes were ended. */
  | { type: "endWriters"; which: "largest" | "all" }
  /** Leave the compiled code of all the helper's files in its cache. */
  | { type: "fillCodeCache" };

export type Request = ({ id: number } & Call) | About;

/** Said of a call that is not answered yet. */
export type About =
  | { type: "cancel"; id: number }
  /** For a program's stdin, at most `maxInputChars`; answered with `took` when the program has it. Null ends the stdin. */
  | { type: "input"; id: number; text: string | null };

export type Reply =
  /** `door`: the address that it has inside. */
  | { type: "ready"; door: string | null }
  | { type: "output"; id: number; text: string }
  | { type: "sign"; id: number }
  | { type: "errorOutput"; id: number; text: string }
  | { type: "took"; id: number }
  | { type: "done"; id: number; value: unknown }
  | { type: "failed"; id: number; code: string; message: string };

/** A JSON string is at most six times its text (`\u0001`), so the longest reply fits in `maxReplyBytes`. */
export const maxReadBytes: number = 4 * 1024 * 1024;
export const maxReplyBytes: number = 32 * 1024 * 1024;
export const maxRequestBytes: number = 256 * 1024 * 1024;

/** One such piece at a time is on its way, so a program that does not read fills no memory but the writer's. */
export const maxInputChars: number = 64 * 1024;

/** How long a sandbox may take until it speaks. */
export const openTimeoutMs = 30_000;

/** Between SIGTERM and SIGKILL of a command's process group: with it a second Ctrl-C takes less than two seconds. */
export const graceMs = 1_500;

/** While a command writes, there is a sign of it so often; one that is done sooner gives none. */
export const signEveryMs = 100;

/** How long a helper that lives and is busy may take beyond what was asked of it. */
export const slackMs = 30_000;

/** A helper that does not answer by then was stopped by what it is to end. */
export const endWritersTimeoutMs = 5_000;

/** A search that is not done by then has a pattern that backtracks without end, or a tree without end. */
export const searchTimeoutMs = 10_000;
