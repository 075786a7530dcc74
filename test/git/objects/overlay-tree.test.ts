import { spawnSync } from "node:child_process";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commitTree } from "../../../src/git/objects/commit-tree.ts";
import { changeTree } from "../../../src/git/objects/change-tree.ts";
import { writeObjects } from "../../../src/git/objects/write-objects.ts";
import { overlayTree } from "../../../src/git/objects/overlay-tree.ts";
import { countGit } from "../count-git.ts";
import { commitFiles, git, makeFolder, makeRepository } from "../make-repository.ts";

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
});

test("what the commit has not changed stays the very same tree", async () => {
  const { repo, root, base } = await makeRepository();
  const commit = commitFiles(root, { "src/b.txt": "two\n" });
  expect(await overlayTree(repo, { commit, base, paths: ["src/a.txt"] })).toBe(
    git(root, "rev-parse", `${commit}^{tree}`),
  );
});

test("of any files it is the tree that git's own index gives, without a process of its own", async () => {
  const { repo, root } = await makeRepository();
  const index = join(makeFolder(), "index");
  const [id = "", other = ""] = await writeObjects(repo, "blob", ["1\n", "2\n"]);
  const names = ["a", "a/b", "a/b/c", "a/d", "e", "e/f", "g"];
  const to = fc.record({
    mode: fc.constantFrom("100644", "100755", "120000"),
    id: fc.constantFrom(id, other),
  });
  const files = fc.dictionary(fc.constantFrom(...names), to, { maxKeys: 4 });
  const commitOf = async (paths: Record<string, { mode: string; id: string }>): Promise<string | null> => {
    const tree = await changeTree(repo, empty, new Map(Object.entries(paths)));
    return tree === null ? null : commitTree(repo, { tree, parents: [], message: "m" });
  };
  const empty = git(root, "mktree", "--missing");
  const byGit = (commit: string, base: string, paths: readonly string[]): string => {
    const run = (args: string[], input = ""): string => {
      const env = { ...process.env, GIT_INDEX_FILE: index };
      const ended = spawnSync("git", args, { cwd: root, env, input, encoding: "utf8" });
      expect(ended.stderr).toBe("");
      return ended.stdout;
    };
    run(["read-tree", commit]);
    const gone = paths.map((path) => `0 ${"0".repeat(40)}\t${path}\0`);
    const come = paths
      .map((path) => run(["ls-tree", "-z", base, "--", path]))
      .filter((line) => !/ tree /.test(line));
    run(["update-index", "--replace", "-z", "--index-info"], [...gone, ...come].join(""));
    return run(["write-tree"]).trim();
  };
  const calls = countGit();
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(files, files, fc.subarray(names), async (ours, theirs, paths) => {
      const [commit, base] = [await commitOf(ours), await commitOf(theirs)];
      if (commit === null || base === null) return;
      const before = calls().length;
      const tree = await overlayTree(repo, { commit, base, paths });
      expect(calls().length - before).toBeLessThan(compared === 0 ? 4 : 1);
      expect(tree).toBe(byGit(commit, base, paths));
      compared += 1;
    }),
    { numRuns: 30, seed: 5 },
  );
  expect(compared).toBeGreaterThan(9);
});
