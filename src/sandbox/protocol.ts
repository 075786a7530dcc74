/**
 * What the two halves of a sandbox say to each other: JSON, one message a line, on the helper's stdin and stdout.
 * Only types and numbers, because the helper inside runs without npm packages.
 */

/** First line in; answered with `ready`. The environment travels here, so no process's argv or own environment shows it. */
export type StartMessage = { type: "start"; root: string; env: Record<string, string> };

export type Call =
  /** `stream`: send all output as it comes; otherwise only the capped output at the end. */
  | { type: "exec"; command: string; timeoutMs: number; stream: boolean }
  | { type: "readFile"; path: string; offset: number; maxBytes: number }
  | { type: "writeFile"; path: string; text: string }
  | { type: "list"; path: string; depth: number; limit: number }
  | { type: "search"; pattern: string; path: string; glob: string | null; limit: number };

export type Request = ({ id: number } & Call) | { type: "cancel"; id: number };

export type Reply =
  | { type: "ready" }
  | { type: "output"; id: number; text: string }
  | { type: "done"; id: number; value: unknown }
  | { type: "failed"; id: number; code: string; message: string };

/** A JSON string is at most six times its text (`\u0001`), so the longest reply fits in `maxReplyBytes`. */
export const maxReadBytes: number = 4 * 1024 * 1024;
export const maxReplyBytes: number = 32 * 1024 * 1024;
export const maxRequestBytes: number = 256 * 1024 * 1024;

/** Between SIGTERM and SIGKILL of a command's process group. */
export const graceMs = 2_000;

/** A search that is not done by then has a pattern that backtracks without end, or a tree without end. */
export const searchTimeoutMs = 10_000;
