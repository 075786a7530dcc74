import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Agent } from "../../agents/agent.ts";
import { type Lodging, noLodging } from "../../agents/lodging.ts";
import { makeDoorsFolder } from "./doors-folder.ts";
import { makeFolder } from "../../sys/make-folder.ts";
import { removeTree } from "../../sys/remove-tree.ts";
import { effect } from "../../sys/failpoint.ts";

export type Lodgings = {
  /** @param place names the HOME: the same place has what was left there before. */
  open: (agent: Agent, place: string) => Promise<Lodging>;
  close: () => Promise<void>;
};

/** @param folder of agentx's own files for this repository: HOMEs go into `agents`, doors into `doors` */
export function createLodgings(folder: string): Lodgings {
  let doors: Promise<string> | null = null;
  let count = 0;
  return {
    open: async ({ needs }, place) => {
      if (!needs.home) return noLodging;
      const home = join(folder, "agents", place);
      // Before anything is awaited: workers move in at the same time.
      doors ??= makeDoorsFolder(join(folder, "doors"));
      count += 1;
      const number = String(count);
      const door = join(await doors, number);
      await effect("lodging.make", () => mkdir(door));
      await effect("lodging.make", () => makeFolder(home, 0o700));
      const { readOnly, network, isProgram } = needs;
      return { home, door, readOnly, network, mostly: isProgram ? "programs" : null };
    },
    close: async () => {
      if (doors !== null) await removeTree(await doors);
    },
  };
}
