import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { conflictMatrix } from "../../../src/git/delivery/conflict-matrix.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { countGit } from "../count-git.ts";
import { commitFiles, git, makeFolder, makeRepository, setEnv } from "../make-repository.ts";

/** Four branches from one base: two change the same line, one another file, and one takes a file with an odd name away. */
async function fourBranches(): Promise<{ repo: Repository; pairs: { ours: string; theirs: string }[] }> {
  const { repo, root } = await makeRepository();
  const base = commitFiles(root, { shared: "a\nb\nc\n", "new\nline": "x\n", "changed\nline": "x\n" });
  const branch = (files: Record<string, string>): string => {
    git(root, "checkout", "-q", "--detach", base);
    return commitFiles(root, files);
  };
  const commits = [
    branch({ shared: "a\none\nc\n", "new\nline": "one\n" }),
    branch({ shared: "a\ntwo\nc\n", "new\nline": "two\n" }),
    branch({ other: "x\n" }),
    branch({ "new\nline": "four\n" }),
  ];
  const pairs = commits.flatMap((ours, index) =>
    commits.slice(index + 1).map((theirs) => ({ ours, theirs })),
  );
  return { repo, pairs };
}

const expected = [true, false, true, false, true, false];

test("which of many commits conflict is asked of one process", async () => {
  const { repo, pairs } = await fourBranches();
  const calls = countGit();
  expect(await conflictMatrix(repo, pairs)).toEqual(expected);
  expect(calls().filter((call) => call === "merge-tree")).toHaveLength(1);
});

test("a git that can not do many at once is asked for each", async () => {
  const { repo, pairs } = await fourBranches();
  const folder = makeFolder();
  const real = git(repo.root, "--exec-path");
  const script = `#!/bin/sh\ncase "$*" in *--stdin*) exit 129;; esac\nexec '${real}/git' "$@"\n`;
  writeFileSync(join(folder, "git"), script);
  chmodSync(join(folder, "git"), 0o755);
  setEnv("PATH", `${folder}:${process.env["PATH"]}`);
  expect(await conflictMatrix(repo, pairs)).toEqual(expected);
});

test("what is no commit is an error, and nothing is asked where there is nothing to ask", async () => {
  const { repo, base } = await makeRepository();
  await expect(conflictMatrix(repo, [{ ours: base, theirs: "0".repeat(40) }])).rejects.toThrow("merge-tree");
  expect(await conflictMatrix(repo, [])).toEqual([]);
});
