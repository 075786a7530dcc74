import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inspectRepository } from "../../src/git/inspect-repository.ts";
import { openRepository } from "../../src/git/repository.ts";
import {
  commitFiles,
  git,
  makeFolder,
  makeRepository,
  setEnv,
  useGlobalConfig,
  write,
} from "./make-repository.ts";

const calm = { dirty: false, untracked: false, operation: null, shallow: false, submodules: false };

describe("opening a repository", () => {
  test("works from a folder deep in it, and gives its real paths", async () => {
    const { root, repo } = await makeRepository();
    expect(await openRepository(join(root, "src"))).toEqual({ root, commonDir: join(root, ".git") });
    expect(repo.root).toBe(root);
  });

  test("works in a worktree of a worktree, whose root is its own", async () => {
    const { root } = await makeRepository();
    git(root, "worktree", "add", "--quiet", "-b", "one", join(root, "..", "one"));
    git(join(root, "..", "one"), "worktree", "add", "--quiet", "-b", "two", join(root, "..", "two"));
    const repo = await openRepository(join(root, "..", "two", "src"));
    expect(repo).toEqual({ root: join(root, "..", "two"), commonDir: join(root, ".git") });
    expect(await inspectRepository(repo)).toMatchObject({ ...calm, branch: "two" });
  });

  test("works in a worktree of a bare repository", async () => {
    const { root } = await makeRepository();
    const bare = join(root, "..", "bare.git");
    git(root, "clone", "--quiet", "--bare", root, bare);
    git(bare, "worktree", "add", "--quiet", join(root, "..", "work"), "main");
    expect(await openRepository(join(root, "..", "work"))).toEqual({
      root: join(root, "..", "work"),
      commonDir: bare,
    });
  });

  test("is not misled by the variables that git sets for a hook", async () => {
    const { root } = await makeRepository();
    const other = await makeRepository();
    setEnv("GIT_DIR", join(other.root, ".git"));
    setEnv("GIT_WORK_TREE", other.root);
    expect((await openRepository(root)).root).toBe(root);
  });

  test("says what to do where there is none", async () => {
    useGlobalConfig("");
    await expect(openRepository(makeFolder())).rejects.toMatchObject({
      code: "NOT_A_REPOSITORY",
      problems: [{ hint: expect.stringContaining("git init") as string }],
    });
    const { root } = await makeRepository();
    await expect(openRepository(join(root, ".git"))).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
  });

  test("refuses a bare repository", async () => {
    useGlobalConfig("");
    const folder = makeFolder();
    git(folder, "init", "--quiet", "--bare");
    await expect(openRepository(folder)).rejects.toMatchObject({ code: "BARE_REPOSITORY" });
  });

  test("says so when git is missing or too old", async () => {
    const { root } = await makeRepository();
    const bin = makeFolder();
    setEnv("PATH", bin);
    await expect(openRepository(root)).rejects.toMatchObject({ code: "GIT_MISSING" });
    writeFileSync(join(bin, "git"), "#!/bin/sh\necho git version 2.34.1\n", { mode: 0o755 });
    await expect(openRepository(root)).rejects.toMatchObject({ code: "GIT_TOO_OLD" });
  });

  test("names the fix where the repository belongs to somebody else", async () => {
    const { root } = await makeRepository();
    setEnv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    const bin = makeFolder();
    const real = git(root, "--exec-path");
    writeFileSync(
      join(bin, "git"),
      `#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec '${real}/git' "$@"\n`,
      { mode: 0o755 },
    );
    setEnv("PATH", `${bin}:${process.env["PATH"] ?? ""}`);
    await expect(openRepository(root)).rejects.toMatchObject({
      code: "UNSAFE_REPOSITORY",
      problems: [{ hint: expect.stringContaining("safe.directory") as string }],
    });
  });
});

describe("a look at the person's checkout", () => {
  test("sees the branch and the commit of a clean one", async () => {
    const { repo, base } = await makeRepository();
    expect(await inspectRepository(repo)).toEqual({ ...calm, branch: "main", commit: base });
  });

  test("sees changed, staged and untracked files", async () => {
    const { repo, root } = await makeRepository();
    write(root, { "new.txt": "x" });
    expect(await inspectRepository(repo)).toMatchObject({ dirty: false, untracked: true });
    git(root, "add", "new.txt");
    expect(await inspectRepository(repo)).toMatchObject({ dirty: true, untracked: false });
    git(root, "reset", "--quiet");
    write(root, { "readme.md": "changed" });
    expect(await inspectRepository(repo)).toMatchObject({ dirty: true, untracked: true });
  });

  test("sees a branch without commits, and a detached HEAD", async () => {
    useGlobalConfig("");
    const empty = makeFolder();
    git(empty, "init", "--quiet", "--initial-branch=trunk");
    const unborn = await inspectRepository(await openRepository(empty));
    expect(unborn).toEqual({ ...calm, branch: "trunk", commit: null });
    const { repo, root, base } = await makeRepository();
    git(root, "checkout", "--quiet", "--detach");
    expect(await inspectRepository(repo)).toEqual({ ...calm, branch: null, commit: base });
  });

  test("sees a merge, a rebase, a cherry-pick, a revert and a bisect that go on", async () => {
    const { repo, root, base } = await makeRepository();
    commitFiles(root, { "readme.md": "ours\n" });
    git(root, "checkout", "--quiet", "-b", "other", base);
    const theirs = commitFiles(root, { "readme.md": "theirs\n" });
    commitFiles(root, { "readme.md": "theirs again\n" });
    for (const [operation, ...args] of [
      ["merge", "merge", "main"],
      ["rebase", "rebase", "main"],
      ["cherry-pick", "cherry-pick", "main"],
      ["revert", "revert", "--no-edit", theirs],
    ] as const) {
      expect(() => git(root, ...args)).toThrow();
      expect(await inspectRepository(repo)).toMatchObject({ operation });
      git(root, operation, "--abort");
    }
    git(root, "bisect", "start");
    expect(await inspectRepository(repo)).toMatchObject({ operation: "bisect" });
  });

  test("sees a shallow clone, and submodules", async () => {
    const { root } = await makeRepository();
    commitFiles(root, { ".gitmodules": "" });
    const clone = join(makeFolder(), "clone");
    git(root, "clone", "--quiet", "--depth=1", `file://${root}`, clone);
    const repo = await openRepository(clone);
    expect(await inspectRepository(repo)).toMatchObject({ shallow: true, submodules: true });
  });

  test("takes no lock, so that the person's git is never in its way", async () => {
    const { repo, root } = await makeRepository();
    mkdirSync(join(root, ".git", "index.lock"));
    expect(await inspectRepository(repo)).toMatchObject(calm);
  });
});
