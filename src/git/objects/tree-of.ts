import { BoundedMap } from "../../sys/bounded-map.ts";
import type { Repository } from "../repository.ts";
import { requireObject } from "./read-objects.ts";

/** Enough for the commits of a run, and little memory. */
const mostTrees = 10_000;
const known = new WeakMap<Repository, BoundedMap<string>>();

/**
 * The tree of a commit, or of a tree itself. What a full id stands for is asked for once: it is never anything else.
 * @throws AgentxError GIT_FAILED when there is none
 */
export async function treeOf(repo: Repository, name: string): Promise<string> {
  const isFullId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name);
  const trees = known.get(repo) ?? new BoundedMap<string>(mostTrees);
  known.set(repo, trees);
  const tree = isFullId ? trees.get(name) : undefined;
  if (tree !== undefined) return tree;
  const { id } = await requireObject(repo, `${name}^{tree}`);
  for (const full of isFullId ? [name, id] : [id]) trees.set(full, id, 1);
  return id;
}
