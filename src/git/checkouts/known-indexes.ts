import { statSync } from "node:fs";
import { join } from "node:path";
import { effect } from "../../sys/failpoint.ts";
import { checkoutPlace } from "./checkout-place.ts";
import { runGit } from "../processes/run-git.ts";
import type { Checkout } from "../worktree.ts";

/** What agentx has last written into the index of a checkout. */
export type KnownIndex = {
  /** A tree, or a commit that stands for its tree. */
  tree: string;
  /** Paths that stand for other repositories: submodules. */
  links: readonly string[];
};

/** Believed only while the file of the index is the one that agentx left: a person may use git in a worktree. */
export type KnownIndexes = {
  of: (checkout: Checkout) => KnownIndex | null;
  note: (checkout: Checkout, known: KnownIndex) => void;
  forget: (checkout: Checkout) => void;
};

export function createKnownIndexes(): KnownIndexes {
  const noted = new Map<string, KnownIndex & { file: string }>();
  return {
    of: (checkout) => {
      const known = noted.get(checkout.gitDir);
      return known !== undefined && known.file === identify(checkout) ? known : null;
    },
    note: (checkout, known) => {
      const file = identify(checkout);
      if (file === null) noted.delete(checkout.gitDir);
      else noted.set(checkout.gitDir, { ...known, file });
    },
    forget: ({ gitDir }) => void noted.delete(gitDir),
  };
}

/** Has git read once more what it has just written, after which it believes the times of these files. */
export async function refreshIndex(
  checkout: Checkout,
  { quiet, indexes }: { quiet: readonly string[]; indexes: KnownIndexes },
): Promise<void> {
  const known = indexes.of(checkout);
  const args = ["update-index", "-q", "--ignore-submodules", "--refresh"];
  await effect("git.update-index", () => runGit(checkoutPlace(checkout, quiet), args, { expect: "any" }));
  if (known !== null) indexes.note(checkout, known);
}

/** Null where there is none. */
function identify({ gitDir }: Checkout): string | null {
  const state = statSync(join(gitDir, "index"), { bigint: true, throwIfNoEntry: false });
  return state === undefined ? null : [state.ino, state.size, state.mtimeNs, state.ctimeNs].join(" ");
}
