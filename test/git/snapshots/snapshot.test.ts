import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createWorktreePool } from "../../../src/git/worktrees/worktree-pool.ts";
import type { WorktreePool } from "../../../src/git/worktrees/worktree-pool.ts";
import type { Lease } from "../../../src/git/worktree.ts";
import { commitFiles, git, makeRepository, write } from "../make-repository.ts";
import type { Made } from "../make-repository.ts";

const branch = "agentx/7f3/login";

async function makeWorktree(
  files?: Record<string, string>,
): Promise<Made & { pool: WorktreePool; worktree: Lease; snap: () => ReturnType<WorktreePool["snapshot"]> }> {
  const made = await makeRepository(files);
  const { repo, home, base } = made;
  const pool = createWorktreePool({ repo, home });
  const worktree = await pool.lease({ number: 1, branch, commit: base });
  const snap = (): ReturnType<WorktreePool["snapshot"]> =>
    pool.snapshot(worktree, { message: "work\n", parents: [base], base });
  return { ...made, pool, worktree, snap };
}

function wholeSecond(): number {
  return Math.floor(Date.now() / 1000);
}

/** Many builds of git know the times of files to the second only. */
async function untilNextSecond(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1005 - (Date.now() % 1000)));
}

describe("a snapshot", () => {
  test("commits everything that is not ignored, and moves the branch there", async () => {
    const { root, base, worktree, snap } = await makeWorktree();
    const odd = Buffer.concat([Buffer.from(`${worktree.path}/`), Buffer.from([0x66, 0xff])]);
    writeFileSync(odd, "bytes");
    write(worktree.path, {
      ".gitignore": "secret\n",
      secret: "s",
      "new\nline": "n",
      "readme.md": "edited\n",
      ["x".repeat(255)]: "long",
      Case: "1",
      case: "2",
    });
    const taken = await snap();
    expect(taken?.files.toSorted()).toEqual([
      ".gitignore",
      "Case",
      "case",
      "f\ufffd",
      "new\nline",
      "readme.md",
      "x".repeat(255),
    ]);
    expect(git(root, "rev-parse", branch)).toBe(taken?.commit);
    expect(git(root, "log", "-1", "--format=%P %s", branch)).toBe(`${base} work`);
    expect(git(root, "ls-tree", branch)).toContain('"f\\377"');
    expect(git(worktree.path, "status", "--porcelain")).toBe("");
  });

  test("of nothing is null, and leaves the branch", async () => {
    const { root, base, worktree, snap } = await makeWorktree();
    expect(await snap()).toBeNull();
    write(worktree.path, { "readme.md": "edited" });
    write(worktree.path, { "readme.md": "hello\n" });
    expect(await snap()).toBeNull();
    expect(git(root, "rev-parse", branch)).toBe(base);
  });

  test("can be followed by another, also where a crash cut one in two", async () => {
    const { root, base, pool, worktree, snap } = await makeWorktree();
    write(worktree.path, { one: "1" });
    const first = await snap();
    write(worktree.path, { two: "2" });
    const parents = [first?.commit ?? ""];
    // What a killed dispatcher leaves is used again.
    write(worktree.gitDir, { "index.agentx": "torn", "index.agentx.lock": "" });
    const second = await pool.snapshot(worktree, { message: "more", parents, base });
    expect(readdirSync(worktree.gitDir).filter((name) => name.includes("agentx"))).toEqual([]);
    expect(second?.files).toEqual(["one", "two"]);
    expect(git(root, "rev-list", "--count", `main..${branch}`)).toBe("2");
  });

  test("sees a change of the same length in the second in which the index was written", async () => {
    const { worktree, snap, pool, base } = await makeWorktree();
    for (let tries = 1; ; tries += 1) {
      await untilNextSecond();
      const began = wholeSecond();
      write(worktree.path, { "readme.md": `${tries} one\n` });
      const parents = [(await snap())?.commit ?? ""];
      write(worktree.path, { "readme.md": `${tries} two\n` });
      // On a slow machine the second may be over; then it is not this that would be seen.
      if (wholeSecond() !== began && tries < 20) continue;
      expect(wholeSecond()).toBe(began);
      await untilNextSecond();
      const taken = await pool.snapshot(worktree, { message: "more\n", parents, base });
      expect(git(worktree.path, "show", `${taken?.commit}:readme.md`)).toBe(`${tries} two`);
      return;
    }
  });

  test("does not take an install or half a file for work, even where nothing ignores it, but what is tracked there is", async () => {
    const { worktree, snap } = await makeWorktree({ "node_modules/mine/index.js": "1" });
    write(worktree.path, {
      "node_modules/mine/index.js": "2",
      "node_modules/theirs/index.js": "x",
      ".venv/bin/x": "x",
      // A write of the sandbox's helper that was killed in the middle.
      "src/.agentx-3a6f.tmp": "ha",
    });
    expect((await snap())?.files).toEqual(["node_modules/mine/index.js"]);
  });

  test("stores a symlink and never what it leads to", async () => {
    const { root, worktree, snap } = await makeWorktree();
    symlinkSync("readme.md", join(worktree.path, "link"));
    expect((await snap())?.files).toEqual(["link"]);
    expect(git(root, "cat-file", "blob", `${branch}:link`)).toBe("readme.md");
  });

  test("with a refused tree leaves branch and files as they were, and goes through once it is mended", async () => {
    const { root, base, worktree, snap } = await makeWorktree();
    mkdirSync(join(worktree.path, "dir"));
    symlinkSync("/etc", join(worktree.path, "dir", "etc"));
    await expect(snap()).rejects.toMatchObject({ code: "TREE_REFUSED" });
    expect(git(root, "rev-parse", branch)).toBe(base);
    git(worktree.path, "clean", "-fdq");
    write(worktree.path, { fine: "f" });
    expect((await snap())?.files).toEqual(["fine"]);
  });

  test.each([
    ["without a commit", false],
    ["with a commit", true],
  ])("with a repository %s in it is refused", async (_name, commit) => {
    const { worktree, snap } = await makeWorktree();
    const nested = join(worktree.path, "nested");
    git(worktree.path, "init", "--quiet", "nested");
    if (commit)
      git(nested, "-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "--allow-empty", "-m", "n");
    await expect(snap()).rejects.toThrow(/nested.* is a git repository of its own/);
    await expect(snap()).rejects.toMatchObject({ code: "TREE_REFUSED" });
  });

  test("with a file that git takes for its own is refused", async () => {
    const { worktree, snap } = await makeWorktree();
    write(worktree.path, { ".GIT/config": "evil" });
    await expect(snap()).rejects.toMatchObject({ code: "TREE_REFUSED" });
  });

  test("loses against somebody who moves the branch in between, and says so", async () => {
    const { root, worktree, snap } = await makeWorktree();
    const elsewhere = commitFiles(root, { e: "e" });
    write(worktree.path, Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, String(n)])));
    const taking = snap();
    // Written while the files are taken, and its own only when the branch has moved.
    const copy = join(git(worktree.path, "rev-parse", "--absolute-git-dir"), "index.agentx");
    while (!existsSync(copy) || statSync(copy).size === 0) await new Promise(setImmediate);
    git(root, "update-ref", `refs/heads/${branch}`, elsewhere);
    await expect(taking).rejects.toMatchObject({ code: "BRANCH_MOVED" });
    expect(git(root, "rev-parse", branch)).toBe(elsewhere);
    expect(readFileSync(join(worktree.path, "f1"), "utf8")).toBe("1");
  });
});
