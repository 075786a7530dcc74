import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Delivery } from "../../../src/core/event.ts";
import { deliver } from "../../../src/git/delivery/deliver.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { commitFiles, git, makeRepository, makeTrap, write } from "../make-repository.ts";
import type { Made } from "../make-repository.ts";

const remoteBranch = "agentx/7f3/integration";

/** A run has changed readme.md and added new.txt; the person stands on main, where they started. */
async function makeResult(): Promise<
  Made & { to: string; hand: (branch?: string | null) => Promise<Delivery> }
> {
  const made = await makeRepository();
  git(made.root, "checkout", "--quiet", "-b", remoteBranch);
  const to = commitFiles(made.root, { "readme.md": "by the run\n", "new.txt": "new\n" });
  git(made.root, "checkout", "--quiet", "main");
  const hand = (branch: string | null = "main"): Promise<Delivery> =>
    deliver(made.repo, { branch, from: made.base, to, remoteBranch });
  return { ...made, to, hand };
}

const tip = (root: string, branch = "main"): string => git(root, "rev-parse", branch);

describe("the result is delivered", () => {
  test("into a clean checkout, files and all, and untracked files stay", async () => {
    const { root, to, hand } = await makeResult();
    write(root, { "notes.txt": "mine" });
    expect(await hand()).toEqual({ type: "fast-forwarded", branch: "main", commit: to });
    expect(tip(root)).toBe(to);
    expect(git(root, "status", "--porcelain")).toBe("?? notes.txt");
    expect(readFileSync(join(root, "new.txt"), "utf8")).toBe("new\n");
  });

  test("once: a second time finds it done, also when the person went on from there", async () => {
    const { root, hand, to } = await makeResult();
    await hand();
    expect(await hand()).toEqual({ type: "fast-forwarded", branch: "main", commit: to });
    const next = commitFiles(root, { mine: "m" });
    expect(await hand()).toMatchObject({ type: "fast-forwarded" });
    expect(tip(root)).toBe(next);
  });

  test("over the ticks in the plan file, which stay; any other change still stops it", async () => {
    const made = await makeRepository();
    const base = commitFiles(made.root, { "plan.md": "- [ ] a\n", "other.txt": "o\n" });
    git(made.root, "checkout", "--quiet", "-b", remoteBranch);
    const to = commitFiles(made.root, { "new.txt": "new\n" });
    git(made.root, "checkout", "--quiet", "main");
    write(made.root, { "plan.md": "- [x] a\n" });
    const hand = (): Promise<Delivery> =>
      deliver(made.repo, { branch: "main", from: base, to, remoteBranch, ticked: ["plan.md"] });
    write(made.root, { "other.txt": "mine\n" });
    expect(await hand()).toMatchObject({ type: "left" });
    write(made.root, { "other.txt": "o\n" });
    expect(await hand()).toMatchObject({ type: "fast-forwarded" });
    expect(readFileSync(join(made.root, "plan.md"), "utf8")).toBe("- [x] a\n");
  });

  test("to a branch that is checked out nowhere", async () => {
    const { root, to, hand } = await makeResult();
    git(root, "checkout", "--quiet", "-b", "elsewhere");
    write(root, { "readme.md": "dirty, but not there" });
    expect(await hand()).toMatchObject({ type: "fast-forwarded" });
    expect(tip(root)).toBe(to);
    expect(readFileSync(join(root, "readme.md"), "utf8")).toBe("dirty, but not there");
  });

  test("into the other worktree where the branch is checked out", async () => {
    const { root, hand } = await makeResult();
    git(root, "checkout", "--quiet", "--detach");
    const other = join(root, "..", "with space");
    git(root, "worktree", "add", "--quiet", other, "main");
    expect(await hand()).toMatchObject({ type: "fast-forwarded" });
    expect(readFileSync(join(other, "new.txt"), "utf8")).toBe("new\n");
    expect(existsSync(join(root, "new.txt"))).toBe(false);
  });

  test("from a worktree of a worktree", async () => {
    const { root, base, to } = await makeResult();
    const other = join(root, "..", "other");
    git(root, "worktree", "add", "--quiet", "-b", "side", other, base);
    const repo = await openRepository(other);
    expect(await deliver(repo, { branch: "side", from: base, to, remoteBranch })).toMatchObject({
      type: "fast-forwarded",
    });
    expect(existsSync(join(other, "new.txt"))).toBe(true);
  });

  test("without running the person's hooks", async () => {
    const { root, hand } = await makeResult();
    const { program, marker } = makeTrap();
    git(root, "config", "core.hooksPath", join(program, ".."));
    git(root, "config", "merge.verifySignatures", "true");
    git(root, "config", "pull.rebase", "true");
    expect(await hand()).toMatchObject({ type: "fast-forwarded" });
    expect(existsSync(marker)).toBe(false);
  });

  test("not at all when there is nothing", async () => {
    const { repo, base } = await makeResult();
    expect(await deliver(repo, { branch: "main", from: base, to: base, remoteBranch })).toEqual({
      type: "nothing",
    });
  });
});

describe("the result is left, and the one command named, when", () => {
  const merge = `git merge ${remoteBranch}`;
  const cases: [string, RegExp, (at: Made) => void][] = [
    ["a tracked file is changed", /uncommitted changes/, ({ root }) => write(root, { "src/a.txt": "mine" })],
    [
      "a change is staged",
      /uncommitted changes/,
      ({ root }) => {
        write(root, { staged: "mine" });
        git(root, "add", "staged");
      },
    ],
    [
      "an untracked file is in the way",
      /in the way: new\.txt/,
      ({ root }) => write(root, { "new.txt": "mine" }),
    ],
    [
      "an ignored file is in the way",
      /in the way: new\.txt/,
      ({ root }) => {
        write(root, { ".git/info/exclude": "new.txt\n", "new.txt": "mine" });
      },
    ],
    [
      "the branch has moved",
      /has moved/,
      ({ root }) => {
        commitFiles(root, { mine: "m" });
      },
    ],
    [
      "the branch was taken back",
      /has moved|does not start/,
      ({ root }) => {
        git(root, "commit", "--quiet", "--amend", "-m", "amended");
      },
    ],
    [
      "a bisect is going on",
      /bisect/,
      ({ root }) => {
        git(root, "bisect", "start");
      },
    ],
    ["another git holds the index", /index\.lock/, ({ root }) => write(root, { ".git/index.lock": "" })],
  ];
  test.each(cases)("%s", async (_name, reason, disturb) => {
    const made = await makeResult();
    disturb(made);
    const before = [tip(made.root), git(made.root, "status", "--porcelain", "--ignored")];
    expect(await made.hand()).toEqual({
      type: "left",
      reason: expect.stringMatching(reason) as string,
      command: merge,
    });
    expect([tip(made.root), git(made.root, "status", "--porcelain", "--ignored")]).toEqual(before);
  });

  test("HEAD was on no branch", async () => {
    const { root, base, hand } = await makeResult();
    git(root, "checkout", "--quiet", "--detach");
    const command = `git switch -c agentx-7f3 ${remoteBranch}`;
    expect(await hand(null)).toEqual({ type: "left", reason: "HEAD is on no branch", command });
    expect(tip(root, "HEAD")).toBe(base);
    git(root, ...command.split(" ").slice(1));
  });

  test("the branch is gone", async () => {
    const { root, hand } = await makeResult();
    git(root, "checkout", "--quiet", "--detach");
    git(root, "branch", "-D", "main");
    expect(await hand()).toMatchObject({ type: "left", command: `git branch main ${remoteBranch}` });
  });

  test("the branch is being rebased, here or in another worktree", async () => {
    const { root, base, hand } = await makeResult();
    expect(() => git(root, "rebase", "--quiet", "--root", "--exec", "false")).toThrow();
    const left = { type: "left", reason: "a rebase of main is going on" };
    expect(await hand()).toMatchObject(left);
    git(root, "rebase", "--abort");
    git(root, "checkout", "--quiet", "--detach");
    const other = join(root, "..", "other");
    git(root, "worktree", "add", "--quiet", other, "main");
    expect(() => git(other, "rebase", "--quiet", "--root", "--exec", "false")).toThrow();
    expect(await hand()).toMatchObject(left);
    expect(tip(root)).toBe(base);
  });
});
