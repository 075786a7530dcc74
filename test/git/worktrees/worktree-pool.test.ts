import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { mergeTrees } from "../../../src/git/delivery/merge-trees.ts";
import { sealInstalls } from "../../../src/git/installs/sealed-installs.ts";
import { createWorktreePool } from "../../../src/git/worktrees/worktree-pool.ts";
import type { WorktreePool } from "../../../src/git/worktrees/worktree-pool.ts";
import type { Lease } from "../../../src/git/worktree.ts";
import { commitFiles, git, makeFolder, makeRepository, useGlobalConfig, write } from "../make-repository.ts";
import type { Made } from "../make-repository.ts";

const branch = "agentx/7f3/login";
const now = (): number => Date.UTC(2026, 0, 2, 3, 4, 5);

async function makePool(): Promise<
  Made & { pool: WorktreePool; lease: (number?: number) => Promise<Lease> }
> {
  const made = await makeRepository();
  const pool = createWorktreePool({ repo: made.repo, home: made.home, now });
  return { ...made, pool, lease: (number = 1) => pool.lease({ number, branch, commit: made.base }) };
}

describe("a lease", () => {
  test("makes a real worktree on the task's branch", async () => {
    const { root, base, home, lease } = await makePool();
    const worktree = await lease();
    expect(worktree).toEqual({
      name: "1",
      number: 1,
      path: join(home, "worktrees", "1"),
      gitDir: join(root, ".git", "worktrees", "1"),
      branch,
      commit: base,
      submodules: { type: "none" },
      rescued: [],
    });
    expect(git(worktree.path, "status", "--porcelain", "--branch")).toBe(`## ${branch}`);
    expect(readFileSync(join(worktree.path, "src/a.txt"), "utf8")).toBe("one\ntwo\nthree\n");
    expect(git(root, "status", "--porcelain")).toBe("");
  });

  test("recycles: junk goes, installed dependencies stay, the next task's files come", async () => {
    const { root, pool, lease } = await makePool();
    commitFiles(root, { ".gitignore": "dist\nnode_modules\n.venv\n" });
    const worktree = await lease();
    write(worktree.path, {
      "junk/deep/file": "j",
      "dist/out.js": "ignored",
      "node_modules/pkg/index.js": "kept",
      "packages/a/node_modules/pkg/index.js": "kept",
      ".venv/bin/python": "kept",
    });
    await sealInstalls(worktree);
    git(worktree.path, "init", "--quiet", "junk/nested");
    rmSync(join(worktree.path, "src"), { recursive: true });
    const commit = git(root, "rev-parse", "HEAD");
    const next = await pool.lease({ number: 1, branch: "agentx/7f3/other", commit });
    expect(next).toMatchObject({ path: worktree.path, commit });
    expect(readdirSync(next.path).toSorted()).toEqual([
      ".git",
      ".gitignore",
      ".venv",
      "node_modules",
      "packages",
      "readme.md",
      "src",
    ]);
    expect(existsSync(join(next.path, "packages/a/node_modules/pkg/index.js"))).toBe(true);
    expect(git(next.path, "status", "--porcelain", "--branch")).toBe("## agentx/7f3/other");
  });

  test("agents that start together trip over git's locks: eight at once all work", async () => {
    const { root, base, pool } = await makePool();
    const numbers = Array.from({ length: 8 }, (_, n) => n + 1);
    const leases = await Promise.all(
      numbers.map((number) => pool.lease({ number, branch: `agentx/7f3/t${number}`, commit: base })),
    );
    for (const { path, number } of leases)
      expect(git(path, "status", "--porcelain", "--branch")).toBe(`## agentx/7f3/t${number}`);
    expect(git(root, "worktree", "list").split("\n")).toHaveLength(9);
  });

  test("keeps work that is already on the branch and builds on the commit", async () => {
    const { base, pool, lease } = await makePool();
    const worktree = await lease();
    write(worktree.path, { "done.txt": "d" });
    const saved = await pool.snapshot(worktree, { message: "work", parents: [base], base });
    await pool.discard(worktree);
    const again = await lease(2);
    expect(again).toMatchObject({ commit: saved?.commit, rescued: [] });
    expect(existsSync(join(again.path, "done.txt"))).toBe(true);
  });

  test("saves a branch that has gone another way before it moves it", async () => {
    const { root, base, lease } = await makePool();
    git(root, "checkout", "--quiet", "--orphan", "strange");
    const strange = commitFiles(root, { strange: "s" });
    git(root, "branch", branch);
    const worktree = await lease();
    expect(worktree).toMatchObject({
      commit: base,
      rescued: [`refs/agentx/rescue/${branch}-2026-01-02-030405`],
    });
    expect(git(root, "rev-parse", worktree.rescued[0] ?? "")).toBe(strange);
  });

  test("saves unfinished work that it finds, once, and leaves ignored files out of it", async () => {
    const { root, base, lease } = await makePool();
    const worktree = await lease();
    write(worktree.path, {
      "half.txt": "half",
      "src/a.txt": "edited",
      ".gitignore": ".env\n",
      ".env": "SECRET",
    });
    const next = await lease();
    expect(next.rescued).toHaveLength(1);
    const [rescue = ""] = next.rescued;
    expect(git(root, "show", `${rescue}:half.txt`)).toBe("half");
    expect(git(root, "show", `${rescue}:src/a.txt`)).toBe("edited");
    expect(git(root, "rev-parse", `${rescue}^`)).toBe(base);
    expect(git(root, "ls-tree", "--name-only", rescue)).not.toContain(".env\n");
    expect((await lease()).rescued).toEqual([]);
  });

  test("has the tree's very bytes and all of its files, whatever the person configured for theirs", async () => {
    useGlobalConfig(
      "[core]\nautocrlf = true\n[init]\ndefaultBranch = x\ntemplateDir = /nowhere\n[status]\nshowUntrackedFiles = no\n",
    );
    const { root, base, pool, lease } = await makePool();
    git(root, "sparse-checkout", "set", "nothing");
    const worktree = await lease();
    expect(readFileSync(join(worktree.path, "src/a.txt"), "utf8")).toBe("one\ntwo\nthree\n");
    write(worktree.path, { "src/a.txt": "crlf\r\n", "mixed.txt": "a\r\nb\n" });
    const snapshot = await pool.snapshot(worktree, { message: "m", parents: [base], base });
    expect(git(root, "cat-file", "-s", `${snapshot?.commit ?? ""}:src/a.txt`)).toBe("6");
    expect(git(root, "cat-file", "-s", `${snapshot?.commit ?? ""}:mixed.txt`)).toBe("5");
  });
});

describe("an attempt that goes on", () => {
  test("finds its worktree as it was", async () => {
    const { pool, lease } = await makePool();
    const { path, gitDir } = await lease();
    write(path, { "half.txt": "half" });
    const resumed = await pool.resume({ number: 1, branch });
    expect(resumed).toEqual({ name: "1", number: 1, path, gitDir, branch });
    expect(readFileSync(join(path, "half.txt"), "utf8")).toBe("half");
  });

  test("finds none when it is gone or another task's", async () => {
    const { pool, lease } = await makePool();
    expect(await pool.resume({ number: 1, branch })).toBeNull();
    const { path } = await lease();
    expect(await pool.resume({ number: 1, branch: "agentx/7f3/other" })).toBeNull();
    rmSync(path, { recursive: true });
    expect(await pool.resume({ number: 1, branch })).toBeNull();
  });
});

describe("a worktree given back", () => {
  test("saves what is dirty and lets go of the branch", async () => {
    const { root, pool, lease } = await makePool();
    const worktree = await lease();
    expect(await pool.discard(worktree)).toBeNull();
    write(worktree.path, { "half.txt": "half" });
    const rescue = await pool.discard(await lease());
    expect(rescue).toBeNull();
    const leased = await lease();
    write(leased.path, { "more.txt": "more" });
    const saved = await pool.discard(leased);
    expect(git(root, "show", `${saved ?? ""}:more.txt`)).toBe("more");
    git(root, "switch", "--quiet", branch);
    expect((await pool.lease({ number: 1, branch: "agentx/7f3/next", commit: "main" })).rescued).toEqual([]);
  });

  test("is removed with its record, its work saved", async () => {
    const { root, pool, lease } = await makePool();
    const { path, gitDir } = await lease();
    write(path, { "half.txt": "half" });
    writeFileSync(join(path, ".git"), "gitdir: /nowhere\n");
    const rescue = await pool.remove(1);
    expect(git(root, "show", `${rescue ?? ""}:half.txt`)).toBe("half");
    expect([existsSync(path), existsSync(gitDir)]).toEqual([false, false]);
    expect(await pool.remove(1)).toBeNull();
    expect(git((await lease()).path, "status", "--porcelain")).toBe("");
  });

  test("leftover worktrees block the next run: one is forgotten when its folder is gone, and the person's own missing ones are not", async () => {
    const { root, pool, lease } = await makePool();
    const theirs = join(makeFolder(), "usb-stick");
    git(root, "worktree", "add", "--quiet", theirs);
    rmSync(theirs, { recursive: true });
    const { path } = await lease();
    await lease(2);
    rmSync(path, { recursive: true });
    expect(await pool.prune()).toEqual(["1"]);
    expect(readdirSync(join(root, ".git", "worktrees")).toSorted()).toEqual(["2", "usb-stick"]);
  });
});

test("a tree with conflict markers is put in the folder while the branch stays at its head", async () => {
  const { repo, root, base, pool, lease } = await makePool();
  const worktree = await lease();
  write(worktree.path, { "src/a.txt": "one\nworker\nthree\n" });
  const head = (await pool.snapshot(worktree, { message: "w", parents: [base], base }))?.commit ?? "";
  const onto = commitFiles(root, { "src/a.txt": "one\nother\nthree\n" });
  const merged = await mergeTrees(repo, { ours: onto, theirs: head });
  write(worktree.path, { "left.txt": "l" });
  const rescued = await pool.checkoutTree(worktree, { tree: merged.tree, head });
  expect(rescued).toHaveLength(1);
  expect(readFileSync(join(worktree.path, "src/a.txt"), "utf8")).toContain("<<<<<<<");
  expect(existsSync(join(worktree.path, "left.txt"))).toBe(false);
  expect(git(root, "rev-parse", branch)).toBe(head);
  write(worktree.path, { "src/a.txt": "one\nboth\nthree\n" });
  const resolved = await pool.snapshot(worktree, { message: "resolved", parents: [onto, head], base: onto });
  expect(git(root, "log", "-1", "--format=%P", branch)).toBe(`${onto} ${head}`);
  expect(resolved?.files).toEqual(["src/a.txt"]);
});

test("a gate's checkout is exactly its commit, with what was installed there", async () => {
  const { root, base, home, pool } = await makePool();
  const first = await pool.leaseDetached({ name: "gate-1", commit: base });
  expect(first).toMatchObject({ path: join(home, "gates", "gate-1"), commit: base });
  write(first.path, { "junk.txt": "j", "src/a.txt": "tampered", "node_modules/x": "kept" });
  await sealInstalls(first);
  const commit = commitFiles(root, { "new.txt": "n" });
  const second = await pool.leaseDetached({ name: "gate-1", commit });
  expect(readdirSync(second.path).toSorted()).toEqual([
    ".git",
    "new.txt",
    "node_modules",
    "readme.md",
    "src",
  ]);
  expect(readFileSync(join(second.path, "src/a.txt"), "utf8")).toBe("one\ntwo\nthree\n");
  expect(git(second.path, "rev-parse", "HEAD", "--abbrev-ref", "HEAD")).toBe(`${commit}\nHEAD`);
  expect(git(root, "for-each-ref", "refs/agentx", "refs/heads/agentx")).toBe("");
});

test("between two gates the commit's files are put back, and what git ignores stays", async () => {
  const { root, pool } = await makePool();
  const commit = commitFiles(root, { ".gitignore": "out\n" });
  const checkout = await pool.leaseDetached({ name: "gate-1", commit });
  const { path } = checkout;
  write(path, {
    "src/a.txt": "tampered",
    ".gitignore": "*\n",
    "vitest.config.ts": "mine",
    "out/a.js": "built",
  });
  rmSync(join(path, "readme.md"));
  await pool.restore(checkout, commit);
  expect(readdirSync(path).toSorted()).toEqual([".git", ".gitignore", "out", "readme.md", "src"]);
  expect(readFileSync(join(path, "src/a.txt"), "utf8")).toBe("one\ntwo\nthree\n");
  expect(readFileSync(join(path, "out/a.js"), "utf8")).toBe("built");
});
