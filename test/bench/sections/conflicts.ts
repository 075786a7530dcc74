import { join } from "node:path";
import { execa } from "execa";
import { conflictMatrix } from "../../../src/git/delivery/conflict-matrix.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { commitFiles, git } from "../../support/git.ts";
import { benchFolder } from "../bench-folder.ts";
import { measurePairs } from "../pairs.ts";
import { timeRow, type Section } from "../section.ts";

const branches = 20;

export const conflicts: Section = {
  name: "conflicts",
  title: "Which of 20 branches conflict",
  measure: async ({ quick }) => {
    using folder = benchFolder();
    const root = join(folder.path, "project");
    git(folder.path, "init", "--quiet", root);
    const base = commitFiles(root, { shared: "a\nb\nc\n" });
    const commits = Array.from({ length: branches }, (_, index) => {
      git(root, "checkout", "--quiet", "--detach", base);
      return commitFiles(
        root,
        index % 4 === 0 ? { shared: `a\n${index}\nc\n` } : { [`own-${index}`]: "x\n" },
      );
    });
    const repo = await openRepository(root);
    const pairs = commits.flatMap((ours, index) =>
      commits.slice(index + 1).map((theirs) => ({ ours, theirs })),
    );
    const bare = async (): Promise<void> => {
      for (const { ours, theirs } of pairs)
        await execa("git", ["merge-tree", "--write-tree", ours, theirs], { cwd: root, reject: false });
    };
    const pairsMeasured = await measurePairs(
      { baseline: bare, ours: async () => void (await conflictMatrix(repo, pairs)) },
      { pairs: quick ? 2 : 10 },
    );
    const what = `${pairs.length} pairs by one process; against as many calls of git merge-tree`;
    return [timeRow({ name: "matrix", what, bound: 0.2 }, pairsMeasured)];
  },
};
