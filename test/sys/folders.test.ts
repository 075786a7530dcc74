import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createLimit } from "../../src/sys/limit.ts";
import { makeRealFolder } from "../../src/sys/real-folder.ts";
import { removeTree } from "../../src/sys/remove-tree.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentx-sys-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a folder is made component by component, and never through a link or a file", async () => {
  mkdirSync(join(folder, "outside"));
  mkdirSync(join(folder, "root"));
  symlinkSync(join(folder, "outside"), join(folder, "root", "link"));
  writeFileSync(join(folder, "root", "file"), "");
  const root = join(folder, "root");
  expect(await makeRealFolder(root, "a/b/c")).toBe(true);
  expect(await makeRealFolder(root, ".")).toBe(true);
  expect(await makeRealFolder(root, "link/x")).toBe(false);
  expect(await makeRealFolder(root, "file/x")).toBe(false);
  expect(await makeRealFolder(root, "../x")).toBe(false);
  expect(readdirSync(join(folder, "outside"))).toEqual([]);
});

test("a tree is removed with folders that can not be written to, and links in it are not followed", async () => {
  const locked = join(folder, "tree", "locked");
  mkdirSync(locked, { recursive: true });
  mkdirSync(join(folder, "outside"));
  writeFileSync(join(folder, "outside", "precious"), "");
  writeFileSync(join(locked, "file"), "");
  symlinkSync(join(folder, "outside"), join(locked, "link"));
  chmodSync(locked, 0o500);
  await removeTree(join(folder, "tree"));
  await removeTree(join(folder, "tree"));
  expect(existsSync(join(folder, "tree"))).toBe(false);
  expect(readdirSync(join(folder, "outside"))).toEqual(["precious"]);
});

test("a limit lets no more than its places run at once, in order, and frees the place of what fails", async () => {
  const limit = createLimit(2);
  let running = 0;
  let most = 0;
  const started: number[] = [];
  const work = Array.from({ length: 6 }, (_, n) =>
    limit(async () => {
      started.push(n);
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      if (n === 1) throw new Error("one fails");
      return n;
    }),
  );
  const results = await Promise.allSettled(work);
  expect(results.map(({ status }) => status === "fulfilled")).toEqual([true, false, true, true, true, true]);
  expect([most, started]).toEqual([2, [0, 1, 2, 3, 4, 5]]);
});
