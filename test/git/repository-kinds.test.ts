import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deliver } from "../../src/git/delivery/deliver.ts";
import { openRepository } from "../../src/git/repository.ts";
import { createWorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import { commitFiles, git, makeFolder, makeRepository, write } from "./make-repository.ts";

const remoteBranch = "agentx/7f3/integration";

/** From a worktree to the person's branch: everything that a run does to a repository. */
async function workIn(root: string): Promise<{ seen: (path: string) => boolean; delivery: string }> {
  const repo = await openRepository(root);
  const base = git(root, "rev-parse", "HEAD");
  const pool = createWorktreePool({ repo, home: join(makeFolder(), "home") });
  const worktree = await pool.lease({ number: 1, branch: "agentx/7f3/login", commit: base });
  const seen = new Map(
    ["src/a.txt", "large.bin", "lib/b.txt"].map((path) => [path, existsSync(join(worktree.path, path))]),
  );
  write(worktree.path, { "work.txt": "w\n" });
  const taken = await pool.snapshot(worktree, { message: "m", parents: [base], base });
  expect(taken?.files).toEqual(["work.txt"]);
  git(root, "branch", remoteBranch, taken?.commit ?? "");
  const { type } = await deliver(repo, { branch: "main", from: base, to: taken?.commit ?? "", remoteBranch });
  expect(git(root, "log", "-1", "--format=%P", "main")).toBe(base);
  return { seen: (path) => seen.get(path) ?? false, delivery: type };
}

test("a shallow clone is worked in as any other", async () => {
  const { root } = await makeRepository();
  commitFiles(root, { "later.txt": "l\n" });
  const clone = join(makeFolder(), "clone");
  git(root, "clone", "--quiet", "--depth=1", `file://${root}`, clone);
  git(clone, "config", "user.name", "Pat");
  git(clone, "config", "user.email", "pat@example.com");
  expect((await workIn(clone)).delivery).toBe("fast-forwarded");
  expect(git(clone, "rev-parse", "--is-shallow-repository")).toBe("true");
  expect(git(clone, "status", "--porcelain")).toBe("");
});

test("a sparse checkout stays sparse, and workers have all files", async () => {
  const { root } = await makeRepository({ "src/a.txt": "a\n", "lib/b.txt": "b\n" });
  git(root, "sparse-checkout", "set", "src");
  expect(existsSync(join(root, "lib"))).toBe(false);
  const { seen, delivery } = await workIn(root);
  expect(seen("lib/b.txt")).toBe(true);
  expect(delivery).toBe("fast-forwarded");
  expect(existsSync(join(root, "lib"))).toBe(false);
  expect(readFileSync(join(root, "work.txt"), "utf8")).toBe("w\n");
  expect(git(root, "status", "--porcelain")).toBe("");
});

test("pointers of large files stay pointers", async () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4665a5ea\nsize 12345\n";
  const { root } = await makeRepository({ "large.bin": pointer, "src/a.txt": "a\n" });
  commitFiles(root, { ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n" });
  const { seen, delivery } = await workIn(root);
  expect(seen("large.bin")).toBe(true);
  expect(delivery).toBe("fast-forwarded");
  expect(git(root, "show", "main:large.bin")).toBe(pointer.trimEnd());
});
