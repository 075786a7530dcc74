import { effect } from "../../sys/failpoint.ts";
import { findWorktree, type GitView, readGitView } from "./git-view.ts";
import type { KnownRefs } from "./known-refs.ts";
import { makePrivateGit, type PrivateGit } from "./private-git.ts";
import type { SandboxSpec } from "../sandbox.ts";

/** What a sandbox has of git: a folder of its own where it is given one, otherwise the repository's to read, or nothing. */
export async function readGit(spec: SandboxSpec, refs: KnownRefs): Promise<GitView | PrivateGit | null> {
  const { gitCommonDir: common = null, gitScratch: folder = null } = spec;
  if (common === null) return null;
  const worktree = await worktreeOf(common, spec);
  const own =
    folder === null || worktree === null
      ? null
      : await effect("private-git.make", () => makePrivateGit(common, { worktree, folder, refs }));
  return own ?? readGitView(common, worktree);
}

/** As the caller knows it, or as it is looked for. */
export async function worktreeOf(
  common: string,
  { root, gitDir = null }: Pick<SandboxSpec, "root" | "gitDir">,
): Promise<string | null> {
  return gitDir ?? (await findWorktree(common, root));
}
