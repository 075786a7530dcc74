import { mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Agent } from "../../agents/agent.ts";
import { type Lodging, noLodging } from "../../agents/lodging.ts";
import { removeTree } from "../../sys/remove-tree.ts";

export type Lodgings = {
  /** @param place names the HOME: the same place has what was left there before. */
  open: (agent: Agent, place: string) => Promise<Lodging>;
  close: () => Promise<void>;
};

/** @param folder holds the HOMEs */
export function createLodgings(folder: string): Lodgings {
  let doors: Promise<string> | null = null;
  let count = 0;
  return {
    open: async ({ needs }, place) => {
      if (!needs.home) return noLodging;
      const home = join(folder, place);
      await mkdir(home, { recursive: true, mode: 0o700 });
      doors ??= mkdtemp(join(await realpath(tmpdir()), "agentx-"));
      count += 1;
      const door = join(await doors, String(count));
      await mkdir(door);
      return { home, door, readOnly: needs.readOnly, network: needs.network };
    },
    close: async () => {
      if (doors !== null) await removeTree(await doors);
    },
  };
}
