import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { overlayTree } from "../../../src/git/objects/overlay-tree.ts";
import { commitFiles, git, makeRepository } from "../make-repository.ts";

test("some files are as the base has them: changed ones, deleted ones, new ones, and where a folder stands now", async () => {
  const { repo, root, base } = await makeRepository({
    "package.json": "old\n",
    "gone.config.js": "still\n",
    hooks: "a file\n",
    "src/[a].txt": "one\n",
    "src/a.txt": "one\n",
  });
  git(root, "rm", "--quiet", "gone.config.js", "hooks");
  const commit = commitFiles(root, {
    "package.json": "new\n",
    "hooks/pre": "a folder\n",
    "fresh.config.js": "mine\n",
    "src/[a].txt": "two\n",
    "src/a.txt": "two\n",
  });
  const status = git(root, "status", "--porcelain");

  const tree = await overlayTree(repo, {
    commit,
    base,
    paths: ["package.json", "gone.config.js", "hooks", "hooks/pre", "fresh.config.js", "src/[a].txt"],
  });

  expect(git(root, "ls-tree", "-r", "--name-only", tree).split("\n")).toEqual([
    "gone.config.js",
    "hooks",
    "package.json",
    "src/[a].txt",
    "src/a.txt",
  ]);
  expect(git(root, "cat-file", "-p", `${tree}:package.json`)).toBe("old");
  expect(git(root, "cat-file", "-p", `${tree}:src/[a].txt`)).toBe("one");
  expect(git(root, "cat-file", "-p", `${tree}:src/a.txt`)).toBe("two");
  expect(git(root, "status", "--porcelain")).toBe(status);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("agentx-overlay-"))).toEqual([]);
});

test("what the commit has not changed stays the very same tree", async () => {
  const { repo, root, base } = await makeRepository();
  const commit = commitFiles(root, { "src/b.txt": "two\n" });
  expect(await overlayTree(repo, { commit, base, paths: ["src/a.txt"] })).toBe(
    git(root, "rev-parse", `${commit}^{tree}`),
  );
});
