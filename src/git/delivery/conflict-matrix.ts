import { mergeTrees } from "./merge-trees.ts";
import { quietConfig } from "../processes/quiet-config.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";

type Sides = { ours: string; theirs: string };

/**
 * Which of these pairs of commits conflict, in their order: all merged by one process. A git that cannot do that, or could not
 * merge one of the pairs, is asked pair by pair. @throws AgentxError for what is no commit
 */
export async function conflictMatrix(repo: Repository, pairs: readonly Sides[]): Promise<boolean[]> {
  if (pairs.length === 0) return [];
  const place = { cwd: repo.root, config: await quietConfig(repo) };
  const args = ["merge-tree", "--write-tree", "--stdin", "-z", "--name-only", "--no-messages"];
  const input = pairs.map(({ ours, theirs }) => `${ours} ${theirs}\n`).join("");
  const { exitCode, stdout } = await runGit(place, args, { input, expect: "any" });
  const answers = exitCode === 0 ? answersIn(stdout) : [];
  if (answers.length === pairs.length) return answers;
  const single: boolean[] = [];
  for (const pair of pairs) single.push((await mergeTrees(repo, pair)).type === "conflict");
  return single;
}

/** Of each merge a word, a tree, and the paths that conflict, up to an empty one. The word is 0 for a conflict and 1 for none. */
function answersIn(stdout: string): boolean[] {
  const answers: boolean[] = [];
  const parts = stdout.split("\0");
  for (let at = 0; at + 2 < parts.length;) {
    const word = parts[at];
    if (word !== "0" && word !== "1") return [];
    answers.push(word === "0");
    const end = parts.indexOf("", at + 2);
    at = end === -1 ? parts.length : end + 1;
  }
  return answers;
}
