import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { namesGitFolder, staysInTree } from "../../../src/git/snapshots/tree-name.ts";
import { checkTree } from "../../../src/git/snapshots/tree-policy.ts";
import { runGit } from "../../../src/git/processes/run-git.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { commitFiles, git, makeRepository } from "../make-repository.ts";

describe("a name for .git", () => {
  test.each([
    ".git",
    "a/.GIT/config",
    ".git ",
    ".git.",
    ".git. .",
    "git~1",
    "GIT~2/x",
    ".git::$INDEX_ALLOCATION",
    ".git:x",
    ".g\u200cit",
    "\ufeff.git",
    "a\\.git\\config",
  ])("is seen in %j", (path) => expect(namesGitFolder(path)).toBe(true));
  test.each([".gitignore", ".github/x", "a.git", "git", "git~", ".gitfoo/x", "x.git/y"])(
    "is not seen in %j",
    (path) => expect(namesGitFolder(path)).toBe(false),
  );
});

describe("a symlink", () => {
  test.each([
    ["a/b/link", "../../c"],
    ["link", "a/b"],
    ["a/link", "./.."],
    ["a/link", ".."],
  ])("from %s to %s stays in the tree", (path, target) => expect(staysInTree(path, target)).toBe(true));
  test.each([
    ["link", "/etc/passwd"],
    ["link", ".."],
    ["a/link", "../../x"],
    ["a/link", "up/../../../x"],
    ["a/b/link", "through/../x"],
    ["link", ".git/config"],
    ["a/link", "../.GIT/hooks"],
    ["link", "C:/x"],
    ["link", "..\\x"],
    ["link", ""],
  ])("from %s to %j does not", (path, target) => expect(staysInTree(path, target)).toBe(false));
});

describe("a tree from a worker", () => {
  test("of plain files, programs and links inside is taken, and its changes are told", async () => {
    const { repo, root, base } = await makeRepository();
    link(root, "src/link", "../readme.md");
    const to = commitFiles(root, { "new.txt": "n" });
    const changes = await checkTree(repo, { from: base, to });
    expect(changes.map(({ path }) => path)).toEqual(["new.txt", "src/link"]);
  });

  test("is refused with everything that is wrong in it", async () => {
    const { repo, root, base } = await makeRepository();
    link(root, "out", "../../etc");
    link(root, "abs", "/etc/passwd");
    link(root, "sub/.gitignore", "../readme.md");
    const nested = join(root, "nested");
    git(root, "init", "--quiet", nested);
    git(nested, "-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "--allow-empty", "-m", "n");
    const to = commitFiles(root, {
      big: "x".repeat(10 * 1024 * 1024 + 1),
      fits: "x".repeat(10 * 1024 * 1024),
    });
    const error: unknown = await checkTree(repo, { from: base, to }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "TREE_REFUSED" });
    expect(String(error)).toMatch(/nested: is a git repository/);
    expect(String(error)).toMatch(/out: is a symlink out of the tree, to "..\/..\/etc"/);
    expect(String(error)).toMatch(/abs: is a symlink/);
    expect(String(error)).toMatch(/sub\/.gitignore: is a symlink in the place of/);
    expect(String(error)).toMatch(/big: has 10.0 MiB/);
    expect(String(error)).not.toMatch(/fits/);
    expect(await checkTree(repo, { from: to, to })).toEqual([]);
  });

  test("with a name that is .git elsewhere is refused, though this system's git wrote it", async () => {
    const { repo, base } = await makeRepository();
    const blob = await write(repo, ["hash-object", "-w", "--stdin"], "evil");
    const inner = await write(repo, ["mktree"], `100644 blob ${blob}\tconfig\n`);
    const to = await write(repo, ["mktree"], `040000 tree ${inner}\tGIT~1\n`);
    await expect(checkTree(repo, { from: base, to })).rejects.toThrow(/GIT~1\/config: some systems/);
  });
});

function link(root: string, path: string, target: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

async function write(repo: Repository, args: string[], input: string): Promise<string> {
  return (await runGit({ cwd: repo.root }, args, { input })).stdout.trim();
}
