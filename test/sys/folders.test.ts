import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "../../src/sys/make-folder.ts";
import { createLimit } from "../../src/sys/limit.ts";
import { makeRealFolder } from "../../src/sys/real-folder.ts";
import { whyUnwritable } from "../../src/sys/why-unwritable.ts";
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

test("folders are made where there are none, and /proc, which makes none and says that it is not there, ends it", async () => {
  await makeFolder(join(folder, "a", "b"), 0o700);
  await makeFolder(join(folder, "a", "b"));
  expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o700);
  writeFileSync(join(folder, "file"), "");
  await expect(makeFolder(join(folder, "file", "x"))).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(makeFolder(join(folder, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  if (process.platform !== "linux") return;
  await expect(makeFolder("/proc/x/y")).rejects.toMatchObject({ code: "ENOENT" });
  expect(whyUnwritable("/proc/x/y")).toMatchObject({ folder: "/proc" });
  expect(whyUnwritable(join(folder, "c", "d"))).toBeNull();
  expect(readdirSync(folder).sort()).toEqual(["a", "file"]);
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
