import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { removeFew } from "../../src/sys/remove-few.ts";
import { removeTree } from "../../src/sys/remove-tree.ts";

const folder = mkdtempSync(join(tmpdir(), "agentx-test-"));
const tree = join(folder, "tree");
const kept = join(folder, "kept");
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function plant(files: number): void {
  for (const path of [join(tree, "a/b"), kept]) mkdirSync(path, { recursive: true });
  writeFileSync(join(kept, "file"), "");
  symlinkSync(kept, join(tree, "a/link"));
  symlinkSync("nowhere", join(tree, "dangling"));
  for (let file = 0; file < files; file += 1) writeFileSync(join(tree, "a/b", String(file)), "");
}

test("removes a small tree and no more than its links, and what is not there", () => {
  plant(100);
  expect(removeFew(tree)).toBe(true);
  expect([existsSync(tree), readdirSync(kept)]).toEqual([false, ["file"]]);
  expect(removeFew(tree)).toBe(true);
  symlinkSync(kept, tree);
  expect(removeFew(tree)).toBe(true);
  expect([readdirSync(folder), readdirSync(kept)]).toEqual([["kept"], ["file"]]);
});

test("leaves what is left of a large tree to others", async () => {
  plant(1_000);
  expect(removeFew(tree)).toBe(false);
  expect(readdirSync(join(tree, "a/b")).length).toBeGreaterThan(700);
  await removeTree(tree);
  expect([existsSync(tree), readdirSync(kept)]).toEqual([false, ["file"]]);
});
