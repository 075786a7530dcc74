import type { World } from "./world.ts";

/** What somebody wants done: each title is one that the stand-in understands, and no task needs another. */
export type Work = { titles: readonly string[]; cap: number; gate: string | null };

/** A program that has tasks done by agents, as its documentation says that it is used for tasks side by side. */
export type Peer = {
  name: string;
  /** Packages with their versions; none for what is on every machine, and for agentx itself. */
  packages: readonly string[];
  /** What it wants to find in the repository. */
  files: (work: Work) => Record<string, string>;
  /** One command from the first launch to the last merge. */
  command: (world: World, work: Work) => { file: string; args: string[] };
  /** Its command that removes what it has left and nobody needs; none where it has none. Neither timed nor counted with the run. */
  clean?: { file: string; args: string[] };
  /** What it says of itself where its agents cannot be counted from outside. */
  launches?: (stdout: string) => number;
};
