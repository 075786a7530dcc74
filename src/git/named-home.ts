import { runGit } from "./processes/run-git.ts";

const key = "agentx.home";

/**
 * The state folder that the checkout's own git configuration names, absolute or from the checkout's root; null where it names none.
 * It stands there and in no file of the tree, since a clone or a merged change must not choose where agentx writes.
 * @param cwd anywhere in the checkout
 */
export async function readNamedHome(cwd: string): Promise<string | null> {
  const args = ["config", "--local", "--type=path", "--get", key];
  const { stdout } = await runGit({ cwd }, args, { expect: [0, 1] });
  const path = stdout.replace(/\n$/, "");
  return path === "" ? null : path;
}

/** @param path absolute, or from the root of the checkout */
export async function nameHome(root: string, path: string): Promise<void> {
  await runGit({ cwd: root }, ["config", "--local", key, path]);
}
