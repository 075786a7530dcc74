import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openRepository } from "../../../src/git/repository.ts";
import { createWorktreePool, type WorktreePool } from "../../../src/git/worktrees/worktree-pool.ts";
import type { Lease } from "../../../src/git/worktree.ts";
import { git } from "../../support/git.ts";
import { benchFolder } from "../bench-folder.ts";
import { measurePairs, type Pairs } from "../pairs.ts";
import { timeRow, type Row, type Section } from "../section.ts";

const sizes: { files: number; bound: number; boundOfRescue: number }[] = [
  { files: 10_000, bound: 0.09, boundOfRescue: 0.3 },
  { files: 50_000, bound: 0.13, boundOfRescue: 0.3 },
];
const slots = 8;
const atOnce = 200;

/**
 * A worktree for one task, from the pool and by git alone; each task changes 10 files and adds 20. A task that ended well has
 * them committed by then, so that the next one only has another commit's files to get. Where it was cut off they are unsaved,
 * and the pool saves them under a rescue ref before it uses the folder again.
 */
export const worktrees: Section = {
  name: "worktrees",
  title: "Worktrees",
  measure: async ({ quick }) => {
    const rows: Row[] = [];
    for (const size of quick ? sizes.slice(0, 1) : sizes) {
      using place = await makePlace(size.files);
      const pairs = quick ? 8 : 50;
      const name = `${size.files} files`;
      rows.push(
        timeRow(
          {
            name,
            what: "a worktree for a task, the work of the one before committed; against add and remove",
            bound: size.bound,
          },
          await measureTasks(place, { pairs, isCommitted: true }),
        ),
        timeRow(
          {
            name: `${name}, rescued`,
            what: "the same, the work of the one before unsaved; against add and remove",
            bound: size.boundOfRescue,
          },
          await measureTasks(place, { pairs, isCommitted: false }),
        ),
        timeRow(
          {
            name: `${name}, prepared`,
            what: "the first worktree of a number, prepared ahead; against add and remove",
            bound: size.bound,
          },
          await measurePrepared(place, { pairs: quick ? 4 : 20 }),
        ),
      );
    }
    return [...rows, await countFailures()];
  },
};

type Place = {
  root: string;
  commit: string;
  pool: WorktreePool;
  /** A branch that there was not before. */
  nextBranch: () => string;
  baseline: () => Promise<void>;
} & Disposable;

async function makePlace(files: number): Promise<Place> {
  const folder = benchFolder();
  const root = join(folder.path, "project");
  const commit = makeProject(root, files);
  const pool = createWorktreePool({ repo: await openRepository(root), home: join(folder.path, "home") });
  const bare = join(folder.path, "bare");
  let task = 0;
  return {
    root,
    commit,
    pool,
    nextBranch: () => `agentx/bench/t${(task += 1)}`,
    baseline: async () => {
      git(root, "worktree", "add", "--quiet", "--detach", bare, commit);
      change(bare, 0);
      git(root, "worktree", "remove", "--force", bare);
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

async function measureTasks(
  place: Place,
  { pairs, isCommitted }: { pairs: number; isCommitted: boolean },
): Promise<Pairs> {
  const { pool, commit, baseline } = place;
  let task = 0;
  let last: Lease | null = null;
  const ours = async (): Promise<void> => {
    task += 1;
    last = await pool.lease({ number: (task % slots) + 1, branch: place.nextBranch(), commit });
  };
  const work = async (): Promise<void> => {
    if (last === null) return;
    change(last.path, task);
    if (isCommitted) await pool.snapshot(last, { message: "work\n", parents: [commit], base: commit });
    last = null;
  };
  // Making a folder the first time is paid once for all tasks of all runs, and so is reading its files once more, which git does
  // where the index is of the same second as they.
  for (let number = 0; number < 2 * slots; number += 1) {
    await ours();
    await work();
  }
  const found = await measurePairs({ baseline, ours, makeReady: work }, { pairs });
  await work();
  return found;
}

async function measurePrepared(place: Place, { pairs }: { pairs: number }): Promise<Pairs> {
  const { pool, commit, baseline } = place;
  const number = slots + 1;
  return measurePairs(
    {
      baseline,
      ours: async () => void (await pool.lease({ number, branch: place.nextBranch(), commit })),
      makeReady: async () => {
        await pool.remove(number);
        await pool.prepare({ number, commit });
      },
    },
    { pairs },
  );
}

async function countFailures(): Promise<Row> {
  using place = await makePlace(10);
  const leases = Array.from({ length: atOnce }, (_, index) =>
    place.pool.lease({ number: index + 1, branch: place.nextBranch(), commit: place.commit }),
  );
  const failed = (await Promise.allSettled(leases)).filter(({ status }) => status === "rejected").length;
  return {
    name: `${atOnce} at once`,
    what: `of ${atOnce} worktrees that are asked for at once for the first time, those that fail`,
    ours: String(failed),
    baseline: String(atOnce),
    ratio: failed / atOnce,
    bound: 0,
    spread: 1,
  };
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

function change(path: string, task: number): void {
  for (let file = 0; file < 10; file += 1)
    writeFileSync(join(path, pathOf(file * 7)), `changed by ${task}\n`);
  for (let file = 0; file < 20; file += 1) writeFileSync(join(path, `new-${file}`), `added by ${task}\n`);
}

function pathOf(file: number): string {
  return join(String(Math.floor(file / 100)), String(file));
}
