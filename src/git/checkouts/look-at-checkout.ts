import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkoutPlace } from "./checkout-place.ts";
import { isHalfFilled } from "./half-filled.ts";
import { secondOf } from "./own-index.ts";
import { runGit } from "../processes/run-git.ts";
import type { Checkout } from "../worktree.ts";

/**
 * What is in a checkout. `asIndexed`: each file of the index is on disk as the index has it; `changed`: some are not.
 * `extra` are the paths that the index does not have, ignored ones and empty folders too; a folder ends in a slash and
 * stands for all that is in it. `second` is from before the look (`secondOf`). `unknown`: there is no index to be believed, or
 * something that hides what is there. `halfFilled`: somebody died while agentx filled it; nothing that is there is anybody's work.
 */
export type Look =
  | { type: "empty" }
  | { type: "asIndexed"; extra: readonly string[]; second: number }
  | { type: "changed"; extra: readonly string[]; second: number }
  | { type: "halfFilled" }
  | { type: "unknown" };

/** More than these are not asked one by one what they are. */
const fewExtras = 256;

/**
 * Looks at a checkout in one process, without writing anything: for every file of the index whether it is as it was, and
 * what is there besides.
 */
export async function lookAtCheckout(checkout: Checkout, quiet: readonly string[]): Promise<Look> {
  if (isHalfFilled(checkout)) return { type: "halfFilled" };
  const names = await readdir(checkout.path);
  if (names.every((name) => name === ".git")) return { type: "empty" };
  const second = secondOf(checkout);
  const args = ["ls-files", "-z", "-t", "--others", "--directory", "--modified"];
  const { exitCode, stdout } = await runGit(checkoutPlace(checkout, quiet), args, { expect: "any" });
  if (exitCode !== 0) return { type: "unknown" };
  const entries = stdout.split("\0").filter((entry) => entry !== "");
  const extra = entries.filter((entry) => entry.startsWith("? ")).map((entry) => entry.slice(2));
  if (await mayHideFiles(checkout, extra)) return { type: "unknown" };
  return { type: extra.length === entries.length ? "asIndexed" : "changed", extra, second };
}

/** Git looks at files through a link in the place of their folder, and finds them as they were where the link leads to such. */
async function mayHideFiles({ path }: Checkout, extra: readonly string[]): Promise<boolean> {
  const files = extra.filter((name) => !name.endsWith("/"));
  if (files.length > fewExtras) return true;
  const states = await Promise.all(files.map((name) => lstat(join(path, name)).catch(() => null)));
  return states.some((state) => state?.isFile() !== true);
}

/** Whether some of what the index does not have is somebody's work: what git does not ignore. */
export async function holdsWork(
  checkout: Checkout,
  { quiet, extra }: { quiet: readonly string[]; extra: readonly string[] },
): Promise<boolean> {
  if (extra.length === 0) return false;
  const args = ["ls-files", "-z", "--others", "--directory", "--no-empty-directory", "--exclude-standard"];
  const { exitCode, stdout } = await runGit(checkoutPlace(checkout, quiet), args, { expect: "any" });
  return exitCode !== 0 || stdout !== "";
}
