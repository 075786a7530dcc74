import { expect, test } from "vitest";
import { chanceFrom } from "../sweep/chance.ts";
import { judge } from "../sweep/judge.ts";
import { failAt, strikesAlong } from "../sweep/strikes.ts";
import { tryRun } from "../sweep/try-run.ts";

// A dozen starts, so much more than others on a machine that has something else to do.
const timeout = 600_000;

// One by one at all of them: npm run sweep.
test("a run that is struck all along the way ends like one that nobody disturbed", { timeout }, async () => {
  const expected = await tryRun([]);
  const tried = await tryRun(strikesAlong(14, chanceFrom(7)));

  expect(judge(expected, tried)).toEqual([]);
  expect(tried.struck.length).toBeGreaterThan(8);
  expect(expected.outcome).toMatchObject({ runs: 1, disagreements: [], processes: [], fsck: "" });
  expect(expected.outcome.tasks).toEqual(["left merged", "right merged", "guest merged"]);
});

test(
  "a run whose disk fails again and again, also while it closes, ends like one whose disk is well",
  { timeout },
  async () => {
    const expected = await tryRun([]);
    const tried = await tryRun([
      failAt("git.worktree:before#2", "EIO"),
      failAt("git.mktree:before#3", "ENOSPC"),
      failAt("tree.remove:after#18", "EIO"),
      failAt("conversation.append:after#27", "EROFS"),
    ]);

    expect(judge(expected, tried)).toEqual([]);
    expect(tried.struck).toHaveLength(4);
  },
);
