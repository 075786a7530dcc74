import type * as Door from "./door.ts";
import type * as EgressPart from "./egress.ts";
import type * as Files from "./files.ts";
import type * as ProcessesPart from "./processes-inside.ts";
import type * as Memory from "./memory-watch.ts";
import type * as Search from "./search.ts";
import type * as SpawnPart from "./spawn.ts";
import type * as Walk from "./walk.ts";
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
  door: () => import("./door.ts"),
  egress: () => import("./egress.ts"),
  files: () => import("./files.ts"),
  processes: () => import("./processes-inside.ts"),
  memory: () => import("./memory-watch.ts"),
  search: () => import("./search.ts"),
  spawn: () => import("./spawn.ts"),
  walk: () => import("./walk.ts"),
  writers: () => import("./end-writers.ts"),
};

/** Leaves what V8 made of all the helper's files in the folder of the compile cache that this process was started with. */
export async function fillCodeCache(): Promise<void> {
  await Promise.all(Object.values(parts).map((load) => load()));
  const { flushCompileCache } = await import("node:module");
  flushCompileCache();
}
