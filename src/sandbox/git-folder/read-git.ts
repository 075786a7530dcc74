import { effect } from "../../sys/failpoint.ts";
import { type GitView, readGitView } from "./git-view.ts";
import { makePrivateGit, type PrivateGit } from "./private-git.ts";
import type { SandboxSpec } from "../sandbox.ts";

/** What a sandbox has of git: a folder of its own where it is given one, otherwise the repository's to read, or nothing. */
export async function readGit({
  root,
  gitCommonDir = null,
  gitScratch = null,
}: SandboxSpec): Promise<GitView | PrivateGit | null> {
  if (gitCommonDir === null) return null;
  const own =
    gitScratch === null
      ? null
      : await effect("private-git.make", () => makePrivateGit(gitCommonDir, { root, folder: gitScratch }));
  return own ?? (await readGitView(gitCommonDir, root));
}
