import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRepository } from "../../../src/git/repository.ts";
import { createWorktreePool } from "../../../src/git/worktree-pool.ts";
import { git } from "../../support/git.ts";
import { benchFolder } from "../bench-folder.ts";
import { measurePairs } from "../pairs.ts";
import { timeRow, type Row, type Section } from "../section.ts";

const sizes: { files: number; bound: number }[] = [
  { files: 10_000, bound: 0.09 },
  { files: 50_000, bound: 0.13 },
];
const slots = 8;

/**
 * A worktree for one task, from the pool and by git alone; each dirties 10 files and adds 20. None of it is committed, so
 * the pool saves it under a rescue ref before it uses the folder again: more than a task that ended well costs.
 */
export const worktrees: Section = {
  name: "worktrees",
  title: "Worktrees",
  measure: async ({ quick }) => {
    const rows: Row[] = [];
    for (const { files, bound } of quick ? sizes.slice(0, 1) : sizes)
      rows.push(await measureSize({ files, bound, pairs: quick ? 8 : 50 }));
    return rows;
  },
};

async function measureSize({ files, bound, pairs }: (typeof sizes)[0] & { pairs: number }): Promise<Row> {
  using folder = benchFolder();
  const root = join(folder.path, "project");
  const commit = makeProject(root, files);
  const pool = createWorktreePool({ repo: await openRepository(root), home: join(folder.path, "home") });
  let task = 0;
  const lease = async (): Promise<void> => {
    task += 1;
    const number = (task % slots) + 1;
    const worktree = await pool.lease({ number, branch: `agentx/bench/t${task}`, commit });
    dirty(worktree.path);
  };
  // Making a folder the first time is paid once for all tasks of all runs.
  for (let number = 0; number < slots; number += 1) await lease();
  const bare = join(folder.path, "bare");
  const baseline = async (): Promise<void> => {
    git(root, "worktree", "add", "--quiet", "--detach", bare, commit);
    dirty(bare);
    git(root, "worktree", "remove", "--force", bare);
  };
  const name = `${files} files`;
  const what =
    "a worktree for a task, 10 files changed and 20 added by the one before; against add and remove";
  return timeRow({ name, what, bound }, await measurePairs({ baseline, ours: lease }, { pairs }));
}

function makeProject(root: string, files: number): string {
  for (let file = 0; file < files; file += 1) {
    if (file % 100 === 0) mkdirSync(join(root, String(file / 100)), { recursive: true });
    writeFileSync(join(root, pathOf(file)), `${file}\n`.repeat(500));
  }
  git(root, "init", "--quiet");
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "-m", "start");
  return git(root, "rev-parse", "HEAD");
}

function dirty(path: string): void {
  for (let file = 0; file < 10; file += 1) writeFileSync(join(path, pathOf(file * 7)), "dirty\n");
  for (let file = 0; file < 20; file += 1) writeFileSync(join(path, `new-${file}`), "new\n");
}

function pathOf(file: number): string {
  return join(String(Math.floor(file / 100)), String(file));
}
