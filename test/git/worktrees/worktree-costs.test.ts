import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { createWorktreePool } from "../../../src/git/worktrees/worktree-pool.ts";
import type { WorktreePool } from "../../../src/git/worktrees/worktree-pool.ts";
import type { Lease } from "../../../src/git/worktree.ts";
import { countGit } from "../count-git.ts";
import { commitFiles, git, makeFolder, makeRepository, write } from "../make-repository.ts";
import type { Made } from "../make-repository.ts";

const inCheckout = new Set([
  "ls-files",
  "status",
  "add",
  "update-index",
  "write-tree",
  "read-tree",
  "restore",
  "clean",
]);

/** What git is asked about files from here on; objects and refs do not count. */
function countFileWork(): () => string[] {
  const calls = countGit();
  return () => calls().filter((call) => inCheckout.has(call));
}

async function leased(
  files?: Record<string, string>,
): Promise<Made & { pool: WorktreePool; worktree: Lease; next: (task: string) => Promise<Lease> }> {
  const made = await makeRepository(files);
  const { repo, base, home } = made;
  const pool = createWorktreePool({ repo, home });
  const next = (task: string): Promise<Lease> =>
    pool.lease({ number: 1, branch: `agentx/7f3/${task}`, commit: base });
  return { ...made, pool, next, worktree: await next("first") };
}

describe("of git's processes for files,", () => {
  test("a worktree whose work is committed costs one look for that, and one for the next task", async () => {
    const { base, pool, worktree, next } = await leased();
    write(worktree.path, { "src/a.txt": "edited\n", "new/b.txt": "new\n" });
    const calls = countFileWork();
    await pool.snapshot(worktree, { message: "m", parents: [base], base });
    expect(calls()).toEqual(["ls-files"]);
    await next("second");
    expect(calls().slice(1)).toEqual(["ls-files"]);
    await next("third");
    expect(calls().slice(2)).toEqual(["ls-files"]);
    expect(git(worktree.path, "status", "--porcelain", "--branch")).toBe("## agentx/7f3/third");
    expect(readdirSync(worktree.path).toSorted()).toEqual([".git", "readme.md", "src"]);
  });

  test("a snapshot of nothing costs its look", async () => {
    const { base, pool, worktree } = await leased();
    const calls = countGit();
    expect(await pool.snapshot(worktree, { message: "m", parents: [base], base })).toBeNull();
    expect(calls().filter((call) => call !== "cat-file")).toEqual(["ls-files"]);
  });

  test("one more is for what git ignores to go, where it is no install", async () => {
    const { worktree, next } = await leased({ "a.txt": "a\n", ".gitignore": "dist\n" });
    write(worktree.path, { "dist/out.js": "built" });
    const calls = countFileWork();
    await next("second");
    // The second says that none of it is work.
    expect(calls()).toEqual(["ls-files", "ls-files", "clean"]);
    expect(readdirSync(worktree.path).toSorted()).toEqual([".git", ".gitignore", "a.txt"]);
  });

  test("one more is for unsaved work", async () => {
    const { root, worktree, next } = await leased();
    write(worktree.path, { "src/a.txt": "edited\n", "new.txt": "new\n" });
    const calls = countFileWork();
    const { rescued } = await next("second");
    expect(calls()).toEqual(["ls-files", "ls-files"]);
    expect(git(root, "show", `${rescued[0] ?? ""}:src/a.txt`)).toBe("edited");
    expect(git(root, "show", `${rescued[0] ?? ""}:new.txt`)).toBe("new");
    expect(git(worktree.path, "status", "--porcelain")).toBe("");
  });

  test("two more are for work that git has to convert, and one for the next task's files", async () => {
    const { base, pool, worktree, next } = await leased({
      "a.txt": "a\n",
      ".gitattributes": "*.txt eol=crlf\n",
    });
    write(worktree.path, { "a.txt": "b\r\n" });
    const calls = countFileWork();
    await pool.snapshot(worktree, { message: "m", parents: [base], base });
    expect(calls()).toEqual(["ls-files", "update-index", "write-tree"]);
    await next("second");
    expect(calls().slice(3)).toEqual(["ls-files", "restore"]);
    expect(readFileSync(join(worktree.path, "a.txt"), "utf8")).toBe("a\r\n");
  });

  test("a gate's checkout costs a look where it is used again, for whatever commit, and two between gates", async () => {
    const { root, base, pool } = await leased();
    const wanted = { name: "gate-1", commit: base };
    const checkout = await pool.leaseDetached(wanted);
    const calls = countFileWork();
    await pool.leaseDetached(wanted);
    expect(calls()).toEqual(["ls-files"]);
    await pool.restore(checkout, base);
    expect(calls().slice(1)).toEqual(["read-tree", "clean"]);
    const commit = commitFiles(root, { "src/a.txt": "other\n", "new/b.txt": "b\n" });
    await pool.leaseDetached({ ...wanted, commit });
    expect(calls().slice(3)).toEqual(["ls-files"]);
    expect(git(checkout.path, "status", "--porcelain")).toBe("");
    expect(git(checkout.path, "rev-parse", "HEAD")).toBe(commit);
  });

  test("a worktree that is being prepared is waited for, and costs a look", async () => {
    const { base, pool, home } = await leased();
    const preparing = pool.prepare({ number: 2, commit: base });
    await vi.waitFor(() => existsSync(join(home, "worktrees/2/readme.md")) || expect.fail("not yet"));
    const calls = countGit();
    const worktree = await pool.lease({ number: 2, branch: "agentx/7f3/other", commit: base });
    await preparing;
    expect(calls()).toContain("ls-files");
    expect(calls()).not.toContain("read-tree");
    expect(worktree.rescued).toEqual([]);
    expect(git(worktree.path, "status", "--porcelain", "--branch")).toBe("## agentx/7f3/other");
  });
});

describe("a look is not deceived", () => {
  test("by a link, which git ignores, to a folder of the same files", async () => {
    const { root, pool, worktree } = await leased({ "build/x.js": "x\n" });
    const commit = commitFiles(root, { ".gitignore": "build\n" });
    const next = (task: string): Promise<Lease> =>
      pool.lease({ number: 1, branch: `agentx/7f3/${task}`, commit });
    await next("ignoring");
    const outside = makeFolder();
    write(outside, { "x.js": "x\n" });
    rmSync(join(worktree.path, "build"), { recursive: true });
    symlinkSync(outside, join(worktree.path, "build"));
    await next("second");
    write(outside, { "x.js": "evil\n" });
    expect(readFileSync(join(worktree.path, "build/x.js"), "utf8")).toBe("x\n");
  });

  test("by folders without files", async () => {
    const { worktree, next } = await leased();
    write(worktree.path, { "deep/er/x": "x" });
    rmSync(join(worktree.path, "deep/er/x"));
    await next("second");
    expect(readdirSync(worktree.path).toSorted()).toEqual([".git", "readme.md", "src"]);
  });

  test("by an index that a person has changed since, even where all files are as it has them", async () => {
    const { root, worktree, next } = await leased();
    git(worktree.path, "rm", "--quiet", "readme.md");
    write(worktree.path, { "src/b.txt": "b\n" });
    git(worktree.path, "add", "--all");
    const { rescued } = await next("second");
    expect(rescued).toEqual([]);
    expect(git(worktree.path, "status", "--porcelain")).toBe("");
    expect(readFileSync(join(worktree.path, "readme.md"), "utf8")).toBe("hello\n");
    expect(git(root, "status", "--porcelain")).toBe("");
  });

  test("by files that a lease has taken out of the index", async () => {
    const { root, pool, worktree, base, next } = await leased();
    const other = commitFiles(root, { "src/c.txt": "c\n" });
    await pool.lease({ number: 1, branch: "agentx/7f3/other", commit: other });
    expect(readdirSync(join(worktree.path, "src")).toSorted()).toEqual(["a.txt", "c.txt"]);
    expect((await next("second")).commit).toBe(base);
    expect(readdirSync(join(worktree.path, "src"))).toEqual(["a.txt"]);
  });
});
