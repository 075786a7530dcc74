import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { changeTree, type TreePaths } from "../../../src/git/objects/change-tree.ts";
import { requireObject } from "../../../src/git/objects/read-objects.ts";
import { treeOf } from "../../../src/git/objects/tree-of.ts";
import { listPaths, readTree } from "../../../src/git/objects/read-trees.ts";
import { makeRepository } from "../make-repository.ts";

const kib = 1024;

test("a tree that is kept holds its own bytes alone", async () => {
  const { repo, change } = await openTrees();
  const trees: string[] = [];
  for (let at = 0; at < 40; at += 1) trees.push(await change([`f${at}`]));
  const before = (await held()).arrayBuffers;
  for (const tree of trees) {
    await readTree(repo, tree);
    // Others make small buffers meanwhile, out of the same pool of 64 KiB.
    for (let made = 0; made < 3; made += 1) Buffer.from("x".repeat(31 * kib));
  }
  expect((await held()).arrayBuffers - before).toBeLessThan(trees.length * kib);
});

test("the lists of two trees share the paths of each folder that is the same in both", async () => {
  const { repo, change } = await openTrees();
  const folders = Array.from({ length: 30 }, (_, at) => `a-folder-with-a-name-of-its-own-${at}`);
  const files = folders.flatMap((folder) =>
    Array.from({ length: 100 }, (_, at) => `${folder}/sub/${at}.txt`),
  );
  const trees = [await change(files)];
  for (const folder of folders.slice(0, 10))
    trees.push(await change([`${folder}/sub/new.txt`], trees.at(-1)));
  const [first = "", ...others] = trees;
  expect((await listPaths(repo, first)).toSorted()).toEqual(["a", ...files].toSorted());
  const before = (await held()).heapUsed;
  for (const tree of others) await listPaths(repo, tree);
  expect((await held()).heapUsed - before).toBeLessThan(512 * kib);
  expect((await listPaths(repo, trees.at(-1) ?? "")).length).toBe(files.length + 1 + others.length);
});

test("no list is kept of what only older trees have", async () => {
  const { repo, change } = await openTrees();
  const names = Array.from({ length: 400 }, (_, at) => `a-file-with-a-name-of-its-own-${at}`);
  const trees: string[] = [];
  for (let at = 0; at < 60; at += 1) trees.push(await change(names.map((name) => `folder/${at}-${name}`)));
  for (const tree of trees.slice(0, 10)) await listPaths(repo, tree);
  const before = (await held()).heapUsed;
  for (const tree of trees.slice(10)) await listPaths(repo, tree);
  expect((await held()).heapUsed - before).toBeLessThan(512 * kib);
});

/** `change` adds files to a tree, without `to` to that of one file. */
async function openTrees() {
  const { repo, base } = await makeRepository({ a: "a" });
  const { id } = await requireObject(repo, `${base}:a`);
  const smallest = await treeOf(repo, base);
  return {
    repo,
    change: async (paths: readonly string[], to = smallest): Promise<string> => {
      const added: TreePaths = new Map(paths.map((path) => [path, { mode: "100644", id }]));
      const tree = await changeTree(repo, to, added);
      if (tree === null) throw new Error("a file and a folder have one name");
      return tree;
    },
  };
}

/** What is not yet collected does not count. V8 gives the memory of buffers back beside the program, a moment after. */
async function held(): Promise<NodeJS.MemoryUsage> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 4; round += 1) {
    collect();
    await sleep(20);
  }
  return process.memoryUsage();
}
