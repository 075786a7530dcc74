import type * as Door from "./inside-door.ts";
import type * as EgressPart from "./inside-egress.ts";
import type * as Files from "./inside-files.ts";
import type * as ProcessesPart from "./processes-inside.ts";
import type * as Memory from "./memory-watch.ts";
import type * as Search from "./inside-search.ts";
import type * as SpawnPart from "./inside-spawn.ts";
import type * as Walk from "./inside-walk.ts";
import type * as Writers from "./end-writers.ts";

type Parts = {
  door: () => Promise<typeof Door>;
  egress: () => Promise<typeof EgressPart>;
  files: () => Promise<typeof Files>;
  processes: () => Promise<typeof ProcessesPart>;
  memory: () => Promise<typeof Memory>;
  search: () => Promise<typeof Search>;
  spawn: () => Promise<typeof SpawnPart>;
  walk: () => Promise<typeof Walk>;
  writers: () => Promise<typeof Writers>;
};

/** What most sandboxes never ask of their helper: they are opened for a command. Each is loaded when it is first asked for. */
export const parts: Parts = {
  door: () => import("./inside-door.ts"),
  egress: () => import("./inside-egress.ts"),
  files: () => import("./inside-files.ts"),
  processes: () => import("./processes-inside.ts"),
  memory: () => import("./memory-watch.ts"),
  search: () => import("./inside-search.ts"),
  spawn: () => import("./inside-spawn.ts"),
  walk: () => import("./inside-walk.ts"),
  writers: () => import("./end-writers.ts"),
};

/** Leaves what V8 made of all the helper's files in the folder of the compile cache that this process was started with. */
export async function fillCodeCache(): Promise<void> {
  await Promise.all(Object.values(parts).map((load) => load()));
  const { flushCompileCache } = await import("node:module");
  flushCompileCache();
}
