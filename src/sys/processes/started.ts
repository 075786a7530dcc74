import type { Readable, Writable } from "node:stream";
import type { Ending } from "./orders.ts";

/** None is called before the process was given to whoever wanted it. */
export type Listeners = {
  /** Its number. Not called where it could not be started. From now on it has the descriptors that it was given. */
  onBegan?: (pid: number) => void;
  /** What it wrote to a pipe. */
  onOutput?: (fd: number, bytes: Buffer) => void;
  /** The last call, after all output; also where it could not be started. */
  onEnded: (ending: Ending) => void;
};

/** A process that was started from here. */
export type Started = {
  /** Writes to one of its pipes, and closes it. */
  feed: (fd: number, bytes: string | Uint8Array) => void;
  /** Itself, or with all that it has started in its group. Nothing once it has ended. */
  kill: (signal: NodeJS.Signals, group: boolean) => void;
  /** The other ends of its streams, by descriptor. */
  streams: readonly (Readable | Writable | null | undefined)[];
};
