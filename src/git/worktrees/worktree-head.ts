import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { effect } from "../../sys/failpoint.ts";
import { branchOf } from "./admin-folder.ts";
import { checkoutPlace } from "../checkouts/checkout-place.ts";
import { runGit } from "../processes/run-git.ts";
import type { Checkout } from "../worktree.ts";

/** What git leaves in the place of HEAD where it keeps refs in tables of their own. */
const elsewhere = "ref: refs/heads/.invalid";

/** Puts HEAD of a checkout on a branch, wherever that is. @param branch its short name */
export async function attachHead(checkout: Checkout, branch: string): Promise<void> {
  if (branchOf(checkout.gitDir) === branch) return;
  const ref = `refs/heads/${branch}`;
  if (await isElsewhere(checkout)) await runGit(checkoutPlace(checkout, []), ["symbolic-ref", "HEAD", ref]);
  else await writeHead(checkout, `ref: ${ref}`);
}

/** Lets HEAD of a checkout go from its branch. @param commit its full id */
export async function detachHead(checkout: Checkout, commit: string): Promise<void> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) throw new Error(`"${commit}" is no full id of a commit`);
  if (await isElsewhere(checkout))
    await runGit(checkoutPlace(checkout, []), ["update-ref", "--no-deref", "HEAD", commit]);
  else await writeHead(checkout, commit);
}

async function isElsewhere({ gitDir }: Checkout): Promise<boolean> {
  return (await readFile(join(gitDir, "HEAD"), "utf8")).trim() === elsewhere;
}

/** As git itself does it, without a process. */
async function writeHead({ gitDir }: Checkout, line: string): Promise<void> {
  const head = join(gitDir, "HEAD");
  const lock = `${head}.lock`;
  await effect("worktree.head", async () => {
    await writeFile(lock, `${line}\n`, { flag: "wx", flush: true });
    await rename(lock, head);
  });
}
