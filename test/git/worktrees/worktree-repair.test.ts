import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createWorktreePool } from "../../../src/git/worktrees/worktree-pool.ts";
import type { Lease } from "../../../src/git/worktree.ts";
import { hookFailpoints } from "../../../src/sys/failpoint.ts";
import { commitFiles, git, makeFolder, makeRepository, write } from "../make-repository.ts";

const branch = "agentx/7f3/login";

async function makePool(): Promise<{ root: string; lease: () => Promise<Lease> }> {
  const { repo, root, base, home } = await makeRepository();
  const pool = createWorktreePool({ repo, home });
  return { root, lease: () => pool.lease({ number: 1, branch, commit: base }) };
}

describe("what a crash or a person left is repaired on lease:", () => {
  test.each<[string, (at: { path: string; gitDir: string; root: string }) => void]>([
    ["the folder is gone", ({ path }) => rmSync(path, { recursive: true })],
    [
      "the folder is a file",
      ({ path }) => {
        rmSync(path, { recursive: true });
        writeFileSync(path, "");
      },
    ],
    ["the record is gone", ({ gitDir }) => rmSync(gitDir, { recursive: true })],
    ["the record is half made", ({ gitDir }) => rmSync(join(gitDir, "HEAD"))],
    ["the index is gone", ({ gitDir }) => rmSync(join(gitDir, "index"))],
    ["the index is corrupt", ({ gitDir }) => writeFileSync(join(gitDir, "index"), "DIRCnonsense")],
    [
      "locks are left",
      ({ gitDir }) => {
        for (const name of ["index.lock", "HEAD.lock", "locked"]) writeFileSync(join(gitDir, name), "");
      },
    ],
    ["the .git file is gone", ({ path }) => rmSync(join(path, ".git"))],
    ["the branch is gone", ({ root }) => git(root, "update-ref", "-d", `refs/heads/${branch}`)],
    [
      "files are aside",
      ({ path }) => {
        renameSync(path, `${path}.aside`);
        mkdirSync(path);
        writeFileSync(join(path, ".git"), "");
      },
    ],
  ])("%s", async (_name, damage) => {
    const { root, lease } = await makePool();
    const { path, gitDir } = await lease();
    damage({ path, gitDir, root });
    const again = await lease();
    expect(again.rescued).toEqual([]);
    expect(git(path, "status", "--porcelain", "--branch")).toBe(`## ${branch}`);
    expect(readdirSync(join(path, "..")).toSorted()).toEqual(["1"]);
    expect(git(root, "worktree", "list").split("\n")).toHaveLength(2);
  });

  test("unfinished work in a folder without a record is saved", async () => {
    const { root, lease } = await makePool();
    const { path, gitDir } = await lease();
    write(path, { "half.txt": "half" });
    rmSync(gitDir, { recursive: true });
    const { rescued } = await lease();
    expect(git(root, "show", `${rescued[0] ?? ""}:half.txt`)).toBe("half");
    expect(existsSync(join(path, "half.txt"))).toBe(false);
  });

  test("what agentx itself has half written is nobody's work, and what came after it is", async () => {
    const { repo, root, base, home } = await makeRepository();
    const died = createWorktreePool({ repo, home });
    const worktree = await died.lease({ number: 1, branch, commit: base });
    const { path } = worktree;
    const tree = git(root, "rev-parse", `${commitFiles(root, { "src/b.txt": "b" })}^{tree}`);
    onTestFinished(() => hookFailpoints(null));
    hookFailpoints((at) => {
      if (at.effect === "checkout.write" && at.edge === "after") throw new Error("died");
    });

    await expect(died.checkoutTree(worktree, { tree, head: base })).rejects.toThrow("died");
    hookFailpoints(null);
    const pool = createWorktreePool({ repo, home });
    const lease = (): Promise<Lease> => pool.lease({ number: 1, branch, commit: base });
    expect(git(path, "status", "--porcelain")).not.toBe("");
    expect((await lease()).rescued).toEqual([]);
    expect(git(path, "status", "--porcelain", "--branch")).toBe(`## ${branch}`);

    write(path, { "half.txt": "half" });
    expect((await lease()).rescued).toHaveLength(1);
  });

  test("a link in the place of node_modules is removed and its target left alone", async () => {
    const { root, lease } = await makePool();
    commitFiles(root, { ".gitignore": "node_modules\n" });
    const { path } = await lease();
    const outside = makeFolder();
    write(outside, { precious: "p" });
    symlinkSync(outside, join(path, "node_modules"));
    rmSync(join(path, "src"), { recursive: true });
    symlinkSync(outside, join(path, "src"));
    await lease();
    expect(existsSync(join(path, "node_modules"))).toBe(false);
    expect(readdirSync(outside)).toEqual(["precious"]);
    expect(readdirSync(join(path, "src"))).toEqual(["a.txt"]);
  });
});
