import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shareInstalls, takeInstalls } from "../../../src/git/installs/shared-installs.ts";
import { git, makeFolder, makeRepository, write } from "../make-repository.ts";

const tool = "node_modules/tool/index.js";
type Place = { path: string; gitDir: string };

/** Checkouts of a workspace of packages, as an install leaves it: a link leads to the checkout's own package. */
async function checkouts(): Promise<{ first: Place; second: Place; share: { folder: string; key: string } }> {
  const { root } = await makeRepository({
    ".gitignore": "node_modules\n.venv\ndist\n",
    "packages/own/index.js": "base\n",
  });
  const second = join(makeFolder(), "second");
  git(root, "worktree", "add", "--detach", "-q", second);
  write(root, { [tool]: "judges\n", "packages/own/node_modules/deep/index.js": "deep\n" });
  symlinkSync("../packages/own", join(root, "node_modules/own"));
  return {
    first: { path: root, gitDir: join(root, ".git") },
    second: { path: second, gitDir: git(second, "rev-parse", "--absolute-git-dir") },
    share: { folder: join(makeFolder(), "installs"), key: "lock" },
  };
}

test("an install is had again by another checkout, whose workspace links lead to its own packages", async () => {
  const { first, second, share } = await checkouts();
  expect(await takeInstalls(second, share)).toBe(false);
  await shareInstalls(first, share);
  write(second.path, { "packages/own/index.js": "changed\n" });

  expect(await takeInstalls(second, share)).toBe(true);
  expect(readFileSync(join(second.path, "node_modules/own/index.js"), "utf8")).toBe("changed\n");
  expect(readFileSync(join(second.path, "packages/own/node_modules/deep/index.js"), "utf8")).toBe("deep\n");
  expect(await takeInstalls(second, { ...share, key: "other lock" })).toBe(false);
});

test("what one checkout writes into its install, no other has", async () => {
  const { first, second, share } = await checkouts();
  await shareInstalls(first, share);
  write(first.path, { [tool]: "likes everything\n" });
  await takeInstalls(second, share);
  write(second.path, { [tool]: "likes everything\n" });
  rmSync(join(first.path, "node_modules"), { recursive: true });
  rmSync(join(first.path, "packages/own/node_modules"), { recursive: true });

  expect(await takeInstalls(first, share)).toBe(true);
  expect(readFileSync(join(first.path, tool), "utf8")).toBe("judges\n");
});

test("half a copy is nothing, and is made whole by the next", async () => {
  const { first, second, share } = await checkouts();
  await shareInstalls(first, share);
  const [name = ""] = readdirSync(share.folder);
  rmSync(join(share.folder, name, "whole.json"));
  expect(await takeInstalls(second, share)).toBe(false);
  expect(existsSync(join(second.path, "node_modules"))).toBe(false);
  await shareInstalls(first, share);
  expect(await takeInstalls(second, share)).toBe(true);
});

const unfit: [string, (path: string) => void][] = [
  ["made more than folders that are kept", (path) => write(path, { "dist/index.js": "built\n" })],
  ["changed a file of the commit", (path) => write(path, { "packages/own/index.js": "generated\n" })],
  [
    "wrote the checkout's place down",
    (path) => write(path, { ".venv/bin/pip": `#!${path}/.venv/bin/python\n` }),
  ],
  ["linked to an absolute path", (path) => symlinkSync("/usr/bin/env", join(path, "node_modules/env"))],
];
test.each(unfit)("a set-up that has %s is not shared", async (_, spoil) => {
  const { first, second, share } = await checkouts();
  spoil(first.path);
  await shareInstalls(first, share);
  expect(await takeInstalls(second, share)).toBe(false);
});

test("a copy never follows a link that a worker has put in the place of a package", async () => {
  const { first, second, share } = await checkouts();
  await shareInstalls(first, share);
  const outside = makeFolder();
  rmSync(join(second.path, "packages"), { recursive: true });
  mkdirSync(join(second.path, "packages"));
  symlinkSync(outside, join(second.path, "packages/own"));
  expect(await takeInstalls(second, share)).toBe(false);
  expect(readdirSync(outside)).toEqual([]);
});

test("a copy is made nowhere but where nothing is", async () => {
  const { first, second, share } = await checkouts();
  await shareInstalls(first, share);
  const outside = makeFolder();
  mkdirSync(join(second.path, "packages/own"), { recursive: true });
  symlinkSync(outside, join(second.path, "packages/own/node_modules"));
  expect(await takeInstalls(second, share)).toBe(false);
  expect(readdirSync(outside)).toEqual([]);
});

test("only the last few lock files' installs are kept", async () => {
  const { first, share } = await checkouts();
  for (const key of ["1", "2", "3", "4", "5", "6"]) await shareInstalls(first, { ...share, key });
  expect(readdirSync(share.folder)).toHaveLength(4);
});
