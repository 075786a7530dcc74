import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linksIn } from "../../../src/git/checkouts/gitlinks.ts";
import { readFoldersAndLinks, readTree } from "../../../src/git/objects/read-trees.ts";
import { treeOf } from "../../../src/git/objects/tree-of.ts";
import { git, makeFolder, makeRepository } from "../make-repository.ts";

test("other repositories are found in every folder, among files and symlinks", async () => {
  const { repo, base } = await makeRepository({ "160000 a": "a", "deep/er/b": "b", "é/c": "c", d: "d" });
  symlinkSync("d", join(repo.root, "deep/to-d"));
  for (const path of ["lib", "deep/er/lib", "é/lib"])
    git(repo.root, "update-index", "--add", "--cacheinfo", `160000,${base},${path}`);
  git(repo.root, "add", "deep/to-d");
  const tree = await treeOf(repo, git(repo.root, "write-tree"));
  expect((await linksIn(repo, tree)).toSorted()).toEqual(["deep/er/lib", "lib", "é/lib"]);
  const all = await readTree(repo, tree);
  expect(await readFoldersAndLinks(repo, tree)).toEqual(all.filter(({ mode }) => !mode.startsWith("100")));
  expect(all.map(({ mode }) => mode)).toContain("100644");
});

test("a folder whose mode begins with a zero, as some old programs wrote it, is a folder", async () => {
  const { repo, base } = await makeRepository({ "deep/b": "b" });
  git(repo.root, "update-index", "--add", "--cacheinfo", `160000,${base},deep/lib`);
  const deep = git(repo.root, "rev-parse", `${git(repo.root, "write-tree")}:deep`);
  const file = join(makeFolder(), "tree");
  writeFileSync(file, Buffer.concat([Buffer.from("040000 old\0"), Buffer.from(deep, "hex")]));
  const old = git(repo.root, "hash-object", "-t", "tree", "-w", "--literally", file);
  expect(await linksIn(repo, old)).toEqual(["old/lib"]);
});
