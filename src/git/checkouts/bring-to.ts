import { diffTrees, type TreeChange } from "../objects/diff-trees.ts";
import { treeOf } from "../objects/tree-of.ts";
import type { Repository } from "../repository.ts";
import type { Checkout } from "../worktree.ts";
import { fillCheckout } from "./checkout-files.ts";
import { changeLinks, linksIn } from "./gitlinks.ts";
import { whileFilling } from "./half-filled.ts";
import type { KnownIndexes } from "./known-indexes.ts";
import type { Look } from "./look-at-checkout.ts";

/**
 * Makes the files of a checkout those of a commit or tree, and notes that its index says so.
 * @param from what is there now, of which nothing has to be saved any more
 * @returns the links in the tree
 */
export async function bringTo(
  checkout: Checkout,
  tree: string,
  from: { look: Look; repo: Repository; quiet: readonly string[]; indexes: KnownIndexes },
): Promise<readonly string[]> {
  const { repo, quiet, indexes, look } = from;
  const known = indexes.of(checkout);
  const changes = known === null ? null : await changesBetween(repo, known.tree, tree);
  await whileFilling(checkout, () => fillCheckout(checkout, tree, { repo, quiet, look, changes }));
  const links =
    known === null || changes === null
      ? await linksIn(repo, await treeOf(repo, tree))
      : changeLinks(known.links, changes);
  indexes.note(checkout, { tree, links });
  return links;
}

/** Null where one of them is gone: a person may prune objects. */
async function changesBetween(repo: Repository, from: string, to: string): Promise<TreeChange[] | null> {
  return from === to ? [] : diffTrees(repo, { from, to }).catch(() => null);
}
