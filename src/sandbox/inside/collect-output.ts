import { nowMs } from "./clock.ts";
import type { Socket } from "node:net";

/** After the process itself is gone: how long its pipe may be silent, and how long it may go on talking. */
const quietMs = 60;
const talkMs = 1_000;

/** Gets decoded text; a promise pauses the process until it is fulfilled. */
export type OnText = (text: string) => Promise<void> | null;

/**
 * Reads a pipe of a process. `drained` is called once the process is gone and fulfils when its last words were handed over,
 * soon also where somebody else still holds the pipe: what that one writes later is thrown away.
 */
export function collectOutput(
  reader: Socket,
  { onBytes, onText }: { onBytes: ((chunk: Buffer) => void) | null; onText: OnText | null },
): { drained: () => Promise<void> } {
  const decoder = new TextDecoder();
  let open = true;
  let paused = false;
  let lastMs = nowMs();
  const pass = (text: string): void => {
    if (onText === null || text === "") return;
    const busy = onText(text);
    if (busy === null) return;
    paused = true;
    reader.pause();
    void busy.then(() => {
      paused = false;
      lastMs = nowMs();
      if (open) reader.resume();
    });
  };
  const onData = (chunk: Buffer): void => {
    lastMs = nowMs();
    onBytes?.(chunk);
    if (onText !== null) pass(decoder.decode(chunk, { stream: true }));
  };
  const closed = new Promise<void>((resolve) => reader.once("close", resolve));
  reader.on("data", onData);
  reader.on("error", () => reader.destroy());
  const drained = async (): Promise<void> => {
    const began = nowMs();
    let done = false;
    void closed.then(() => (done = true));
    while (!done) {
      await Promise.race([closed, sleep(quietMs / 3)]);
      // Timers come before reading in a turn of the loop; on a busy machine the last words would wait unread.
      await new Promise((resolve) => setImmediate(resolve));
      const now = nowMs();
      const isQuiet = now - Math.max(lastMs, began) > quietMs;
      if (!paused && (isQuiet || now - began > talkMs)) break;
    }
    open = false;
    reader.off("data", onData);
    // Whoever still holds the pipe must not die of SIGPIPE or block on a full one.
    reader.resume().unref();
    if (onText !== null) pass(decoder.decode());
  };
  return { drained };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
