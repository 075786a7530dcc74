import { writeFileSync } from "node:fs";

import { expect, test } from "vitest";
import { commitLog, isAncestor, mergeBase, resolveCommit } from "../../../src/git/objects/read-commits.ts";
import { treeOf } from "../../../src/git/objects/tree-of.ts";
import {
  changedFiles,
  diffBetween,
  listFilesAt,
  readFileAt,
  readFilesAt,
} from "../../../src/git/objects/read-files.ts";
import { diffTrees } from "../../../src/git/objects/diff-trees.ts";
import { closeStanding } from "../../../src/git/processes/standing-of.ts";
import { countGit } from "../count-git.ts";
import { commitFiles, git, makeRepository, makeTrap } from "../make-repository.ts";

test("a revision is a commit's full id, or null", async () => {
  const { repo, base } = await makeRepository();
  expect(await resolveCommit(repo, "main")).toBe(base);
  expect(await resolveCommit(repo, base.slice(0, 10))).toBe(base);
  expect(await resolveCommit(repo, "nowhere")).toBeNull();
  expect(await resolveCommit(repo, "--all")).toBeNull();
  expect(await treeOf(repo, base)).toBe(git(repo.root, "rev-parse", "HEAD^{tree}"));
});

test("the tree of a commit's full id is asked for once, and that of a branch each time", async () => {
  const { repo, root, base } = await makeRepository();
  const before = await treeOf(repo, base);
  await treeOf(repo, "main");
  const next = commitFiles(root, { b: "b" });
  expect(await treeOf(repo, "main")).toBe(git(root, "rev-parse", `${next}^{tree}`));
  closeStanding(repo);
  const calls = countGit();
  expect(await treeOf(repo, base)).toBe(before);
  expect(await diffTrees(repo, { from: base, to: before })).toEqual([]);
  // With a question a process begins: nothing was asked so far.
  expect(() => calls()).toThrow("ENOENT");
  await treeOf(repo, "main");
  expect(calls()).toEqual(["cat-file"]);
  closeStanding(repo);
});

test("a commit is an ancestor of itself and of its children, and a missing one is an error", async () => {
  const { repo, root, base } = await makeRepository();
  const next = commitFiles(root, { b: "b" });
  expect(await isAncestor(repo, { ancestor: base, descendant: base })).toBe(true);
  expect(await isAncestor(repo, { ancestor: base, descendant: next })).toBe(true);
  expect(await isAncestor(repo, { ancestor: next, descendant: base })).toBe(false);
  await expect(isAncestor(repo, { ancestor: "0".repeat(40), descendant: base })).rejects.toMatchObject({
    code: "GIT_FAILED",
  });
});

test("files are read as they were committed, whatever their names and ends", async () => {
  const names = ["with space", "new\nline", "ünïcode", "*.glob", ":(top)magic", "-dash", 'quo"te'];
  const { repo, base } = await makeRepository(
    Object.fromEntries(names.map((name) => [name, `${name}\r\nno end`])),
  );
  expect((await listFilesAt(repo, base)).toSorted()).toEqual(names.toSorted());
  for (const path of names) expect(await readFileAt(repo, { commit: base, path })).toBe(`${path}\r\nno end`);
  expect(await readFileAt(repo, { commit: base, path: "gone" })).toBeNull();
  expect(await readFileAt(repo, { commit: "nowhere", path: "gone" })).toBeNull();
});

test("a file of many bytes, an empty one and a folder are told apart", async () => {
  const big = "x".repeat(3_000_000);
  const { repo, base } = await makeRepository({ big: `\ufeff${big}`, empty: "", "folder/file": "f" });
  expect(await readFileAt(repo, { commit: base, path: "big" })).toBe(`\ufeff${big}`);
  expect(await readFileAt(repo, { commit: base, path: "empty" })).toBe("");
  expect(await readFileAt(repo, { commit: base, path: "folder" })).toBeNull();
});

test("many files are read by one process, in order, missing ones and folders between them", async () => {
  const names = Array.from({ length: 40 }, (_, at) => `f${at}`);
  const { repo, base } = await makeRepository({
    ...Object.fromEntries(names.map((name) => [name, `ü ${name}\n`])),
    "folder/file": "f",
  });
  const paths = ["gone", "go\nne missing", "folder", ...names, "gone"];
  const calls = countGit();
  const texts = await readFilesAt(
    repo,
    paths.map((path) => ({ commit: base, path })),
  );
  expect(texts).toEqual([null, null, null, ...names.map((name) => `ü ${name}\n`), null]);
  expect(calls()).toEqual(["cat-file"]);
});

test("a name that is not UTF-8 does not hide the others", async () => {
  const { repo, root } = await makeRepository();
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x66, 0xff, 0x66])]), "odd");
  const commit = commitFiles(root, { plain: "p" });
  expect(await listFilesAt(repo, commit)).toEqual(expect.arrayContaining(["plain", "f\ufffdf"]));
});

test("changed files are added, modified and deleted; a rename is two of them", async () => {
  const { repo, root, base } = await makeRepository();
  git(root, "mv", "readme.md", "moved\tname.md");
  const to = commitFiles(root, { "src/a.txt": "changed" });
  expect(await changedFiles(repo, { from: base, to })).toEqual([
    { path: "moved\tname.md", status: "added" },
    { path: "readme.md", status: "deleted" },
    { path: "src/a.txt", status: "modified" },
  ]);
  expect(await changedFiles(repo, { from: base, to: base })).toEqual([]);
});

test("a diff is plain whatever the person configured, and runs no program", async () => {
  const { repo, root, base } = await makeRepository();
  const { program, marker } = makeTrap();
  for (const [key, value] of [
    ["diff.external", program],
    ["diff.trap.textconv", program],
    ["diff.trap.command", program],
    ["color.ui", "always"],
    ["diff.noprefix", "true"],
    ["log.showSignature", "true"],
    ["gpg.program", program],
  ] as const)
    git(root, "config", key, value);
  const to = commitFiles(root, {
    ".gitattributes": "* diff=trap\n",
    "src/a.txt": "one\n2\nthree\n",
    "readme.md": "bye\n",
  });
  const diff = await diffBetween(repo, { from: base, to, paths: ["src"], contextLines: 0 });
  expect(diff).toContain("--- a/src/a.txt\n+++ b/src/a.txt\n@@ -2 +2 @@");
  expect(diff).not.toContain("readme.md");
  expect(await diffBetween(repo, { from: base, to, paths: ["*"] })).toBe("");
  expect(await diffBetween(repo, { from: base, to })).toBe(plainDiff(root, base, to));
  await commitLog(repo, { from: base, to });
  await expect(import("node:fs/promises").then(({ access }) => access(marker))).rejects.toThrow("ENOENT");
});

test("patches of one moment are by one process, and end where each ends", async () => {
  const { repo, root, base } = await makeRepository();
  const first = commitFiles(root, { "no end": "no end", "bin\u00e4r": "\0", "readme.md": "ü\r\n" });
  const second = commitFiles(root, { "readme.md": "hello\n", "src/a.txt": "one\n".repeat(600_000) });
  const calls = countGit();
  const pairs = [
    [base, first],
    [first, base],
    [base, second],
  ] as const;
  const [there, back, long = ""] = await Promise.all(
    pairs.map(([from, to]) => diffBetween(repo, { from, to })),
  );
  // The last is too long for it.
  expect(calls().filter((call) => call === "diff-tree")).toHaveLength(2);
  expect([there, back]).toEqual([plainDiff(root, base, first), plainDiff(root, first, base)]);
  expect(long.length).toBeGreaterThan(2_000_000);
});

/** As git alone has it. */
function plainDiff(root: string, from: string, to: string): string {
  const flags = ["-r", "-p", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames"];
  return `${git(root, "-c", "core.quotePath=false", "diff-tree", ...flags, from, to)}\n`;
}

test("the log has the newest first and whole messages", async () => {
  const { repo, root, base } = await makeRepository();
  commitFiles(root, { a: "1" }, "one\n\nbecause\nof this");
  const to = commitFiles(root, { a: "2" }, "two — größer");
  const log = await commitLog(repo, { from: base, to });
  expect(log.map(({ subject }) => subject)).toEqual(["two — größer", "one"]);
  expect(log[1]).toMatchObject({
    message: "one\n\nbecause\nof this",
    author: { name: "Pat", email: "pat@example.com" },
  });
  expect(await commitLog(repo, { from: base, to, max: 1 })).toHaveLength(1);
  expect(log[0]?.at).toBeGreaterThan(1_600_000_000_000);
});

test("two commits meet where they parted, or nowhere", async () => {
  const { repo, root, base } = await makeRepository();
  const one = commitFiles(root, { one: "1" });
  git(root, "checkout", "--quiet", base);
  const two = commitFiles(root, { two: "2" });
  git(root, "checkout", "--quiet", "--orphan", "strange");
  const strange = commitFiles(root, { strange: "s" });
  expect(await mergeBase(repo, [one, two])).toBe(base);
  expect(await mergeBase(repo, [one, base])).toBe(base);
  expect(await mergeBase(repo, [one, strange])).toBeNull();
});
