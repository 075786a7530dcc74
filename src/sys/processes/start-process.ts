import { existsSync } from "node:fs";
import { startChild } from "./child.ts";
import type { Program } from "./orders.ts";
import type { Listeners, Started } from "./started.ts";
import { Starter } from "./starter.ts";

/** Who starts fewer does not get a process for it, which takes 40 MB and as long as the start of many. */
const startedHere = 32;
let count = 0;
let starter: Starter | null = null;

/**
 * Starts a program in a process group of its own: a Ctrl-C goes to the terminal's whole group, and it is agentx that says what stops.
 * Whoever starts many has them started by a small process, as `fork` copies the tables of this one's memory while everything waits, and
 * writing to that memory takes longer afterwards.
 */
export function startProcess(program: Program, listeners: Listeners): Started {
  if (starter?.state === "ready" && !program.stdio.includes("stream"))
    return starter.start(program, listeners);
  if (starter?.state === "ended") [starter, count] = [null, 0];
  count += 1;
  if (count === startedHere && existsSync("/proc/self/fd")) starter = new Starter();
  return startChild(program, listeners);
}

/** Whether another process starts them now, which cannot give away the other end of a stream. */
export function startsElsewhere(): boolean {
  return starter?.state === "ready";
}
