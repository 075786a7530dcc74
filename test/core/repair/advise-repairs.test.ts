import fc from "fast-check";
import { expect, test } from "vitest";
import { adviseRepairs } from "../../../src/core/repair/advise-repairs.ts";
import type { Repair } from "../../../src/core/repair/repair.ts";
import type {
  SeenBranch,
  SeenHead,
  SeenLock,
  SeenRepository,
  SeenRun,
} from "../../../src/core/repair/seen.ts";

const tasks = ["a", "b", "c"];

const heads: fc.Arbitrary<SeenHead[]> = fc
  .subarray(tasks)
  .chain((ids) =>
    fc.tuple(
      ...ids.map((task) =>
        fc
          .record({ isNeeded: fc.boolean(), isThere: fc.boolean(), hasBranch: fc.boolean() })
          .map((facts) => ({ task, branch: `agentx/r1/${task}`, commit: `head-${task}`, ...facts })),
      ),
    ),
  );

/** Facts about one branch that do not contradict each other. */
const runs: fc.Arbitrary<SeenRun> = fc
  .record({
    place: fc.constantFrom("there", "gone", "ahead", "behind", "elsewhere"),
    hasTip: fc.boolean(),
    ahead: fc.array(fc.constantFrom(...tasks, null), { minLength: 1, maxLength: 4 }),
    unmerged: fc.subarray(tasks),
    heads,
  })
  .map(({ place, hasTip, ahead, ...rest }) => ({
    run: "r1",
    branch: "agentx/r1/integration",
    tip: "tip",
    hasTip: hasTip || ["there", "ahead", "behind"].includes(place),
    at: place === "gone" ? null : place === "there" ? "tip" : "at",
    atContainsTip: place === "there" || place === "ahead",
    tipContainsAt: place === "there" || place === "behind",
    ahead: place === "ahead" ? ahead.map((task, index) => ({ commit: `merge-${index}`, task })) : [],
    ...rest,
  }));

const branches: fc.Arbitrary<SeenBranch[]> = fc.uniqueArray(
  fc.record({
    branch: fc.constantFrom("agentx/x/a", "agentx/x/b", "agentx/y/a"),
    commit: fc.constantFrom("c1", "c2"),
    isMerged: fc.boolean(),
    checkedOut: fc.constantFrom(null, "/somewhere"),
  }),
  { selector: ({ branch }) => branch },
);

const locks: fc.Arbitrary<SeenLock[]> = fc.uniqueArray(
  fc.record({
    path: fc.constantFrom("index.lock", "HEAD.lock"),
    ageMs: fc.constantFrom(0, 59_999, 60_000, 1e9),
    holder: fc.constantFrom(null, "process 7"),
  }),
  { selector: ({ path }) => path },
);

const repositories: fc.Arbitrary<SeenRepository> = fc.record({
  journal: fc.oneof(
    fc.constant({ type: "whole" } as const),
    fc.constant({ type: "none" } as const),
    fc.constant({
      type: "damaged",
      why: "flip",
      runs: [{ run: "r1", kept: 3, lost: 2 }],
      lostRuns: ["r0"],
    } as const),
  ) as fc.Arbitrary<SeenRepository["journal"]>,
  runs: fc.array(runs, { maxLength: 1 }),
  strayBranches: fc.oneof(branches, fc.constant(null)),
  strayFolders: fc.subarray(["/home/scratch/x", "/home/doors/7-a"]),
  strayWorktrees: fc.subarray([{ number: 1, branch: "agentx/x/a" }]),
  emptyRecords: fc.subarray(["/home/worktrees/2"]),
  locks,
  processes: fc.subarray([{ pid: 7, born: "1", command: "sleep 9" }]),
});

/** What would be seen after one repair. */
function after(seen: SeenRepository, repair: Repair): SeenRepository {
  switch (repair.type) {
    case "restoreJournal":
      return { ...seen, journal: { type: "whole" } };
    case "endProcess":
      return { ...seen, processes: seen.processes.filter(({ pid }) => pid !== repair.pid) };
    case "removeLock":
      return { ...seen, locks: seen.locks.filter(({ path }) => path !== repair.path) };
    case "forgetWorktrees":
      return { ...seen, emptyRecords: [] };
    case "removeWorktree":
      return {
        ...seen,
        strayWorktrees: seen.strayWorktrees.filter(({ number }) => number !== repair.number),
        strayBranches:
          seen.strayBranches?.map((branch) =>
            branch.branch === "agentx/x/a" ? { ...branch, checkedOut: null } : branch,
          ) ?? null,
      };
    case "deleteBranch":
      return {
        ...seen,
        strayBranches: seen.strayBranches?.filter(({ branch }) => branch !== repair.branch) ?? null,
      };
    case "removeFolder":
      return { ...seen, strayFolders: seen.strayFolders.filter((path) => path !== repair.path) };
    case "placeBranch":
      return {
        ...seen,
        runs: seen.runs.map((run) => ({
          ...run,
          ...(run.branch === repair.branch
            ? { at: repair.commit, atContainsTip: true, tipContainsAt: true }
            : {}),
          heads: run.heads.map((head) =>
            head.branch === repair.branch ? { ...head, hasBranch: true } : head,
          ),
        })),
      };
    case "recordMerges": {
      const merged = repair.merges.map(({ task }) => task);
      return {
        ...seen,
        runs: seen.runs.map((run) => ({
          ...run,
          tip: repair.merges.at(-1)?.commit ?? run.tip,
          unmerged: run.unmerged.filter((task) => !merged.includes(task)),
          heads: run.heads.filter(({ task }) => !merged.includes(task)),
        })),
      };
    }
    case "workAgain":
      return {
        ...seen,
        runs: seen.runs.map((run) => ({
          ...run,
          heads: run.heads.map((head) => (head.task === repair.task ? { ...head, isNeeded: false } : head)),
        })),
      };
  }
}

test("what is advised mends what it is about, and then nothing more is advised", () => {
  fc.assert(
    fc.property(repositories, (seen) => {
      let now = seen;
      for (let round = 0; round < 3; round += 1)
        for (const { repair } of adviseRepairs(now).repairs) now = after(now, repair);
      expect(adviseRepairs(now).repairs).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

test("nothing is advised that could lose work or disturb somebody", () => {
  fc.assert(
    fc.property(repositories, (seen) => {
      const { repairs } = adviseRepairs(seen);
      const leaving = new Set<string>();
      for (const { repair, what, why } of repairs) {
        expect([what, why]).not.toContain("");
        if (repair.type === "removeLock") {
          const lock = seen.locks.find(({ path }) => path === repair.path);
          expect(lock?.holder).toBeNull();
          expect(lock?.ageMs).toBeGreaterThanOrEqual(60_000);
        }
        if (repair.type === "removeWorktree")
          for (const { branch, number } of seen.strayWorktrees)
            if (number === repair.number) leaving.add(branch);
        if (repair.type === "deleteBranch") {
          const branch = seen.strayBranches?.find((each) => each.branch === repair.branch);
          expect(branch?.checkedOut === null || leaving.has(repair.branch)).toBe(true);
          expect(what.includes("refs/agentx/rescue/")).toBe(!repair.isMerged);
        }
        // What is not known to be there still, or would hide somebody's commits, is never moved to.
        if (repair.type === "placeBranch") {
          const run = seen.runs.find(({ branch }) => branch === repair.branch);
          if (run !== undefined) {
            expect(run.hasTip && !run.atContainsTip).toBe(true);
            expect(repair.from).toBe(run.at);
            expect(what.includes("refs/agentx/rescue/")).toBe(run.at !== null && !run.tipContainsAt);
          }
        }
      }
      if (seen.journal.type === "damaged")
        expect(repairs.every(({ repair }) => ["restoreJournal", "endProcess"].includes(repair.type))).toBe(
          true,
        );
      if (seen.strayBranches === null)
        expect(repairs.some(({ repair }) => repair.type === "deleteBranch")).toBe(false);
    }),
    { numRuns: 3000 },
  );
});
