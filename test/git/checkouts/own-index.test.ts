import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { indexCopyOf, writeIndexCopy } from "../../../src/git/checkouts/own-index.ts";
import { git, makeFolder, makeRepository } from "../make-repository.ts";

test("the bytes of large indexes do not wait for the collector", async () => {
  const { root, checkout, change, index } = await openLarge();
  const before = process.memoryUsage().arrayBuffers;
  for (let time = 0; time < 10; time += 1) {
    expect(await change(checkout, `new${time}`)).toBe(true);
    renameSync(indexCopyOf(checkout), index);
  }
  // Twenty of them were read and written; where their entries start is what is left.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(statSync(index).size);
  expect(git(root, "ls-files").split("\n")).toHaveLength(20_000 + 1 + 10);
});

test("of many that are wanted at once few are in memory", async () => {
  const { change, index } = await openLarge();
  const folder = makeFolder();
  const checkouts = Array.from({ length: 12 }, (_, at) => ({
    name: `${at}`,
    path: folder,
    gitDir: join(folder, `${at}`),
  }));
  for (const { gitDir } of checkouts) {
    mkdirSync(gitDir);
    copyFileSync(index, join(gitDir, "index"));
  }
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const looking = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers)));
  await Promise.all(checkouts.map((checkout) => change(checkout, "new")));
  clearInterval(looking);
  expect(most).toBeGreaterThan(before);
  expect(most - before).toBeLessThan(5 * statSync(index).size);
});

/** A checkout whose index has 20,000 files, 1.4 MB; `change` adds one to a copy of an index. */
async function openLarge() {
  const { root, base } = await makeRepository({ a: "a" });
  const id = git(root, "rev-parse", `${base}:a`);
  const lines = Array.from({ length: 20_000 }, (_, at) => `100644 ${id}\tf${at}\n`);
  execFileSync("git", ["update-index", "--index-info"], { cwd: root, input: lines.join("") });
  writeFileSync(join(root, "new"), "a");
  const entry = { mode: 0o100644, id, state: statSync(join(root, "new"), { bigint: true }) };
  const checkout = { name: "1", path: root, gitDir: join(root, ".git") };
  return {
    root,
    checkout,
    index: join(checkout.gitDir, "index"),
    change: (of: typeof checkout, path: string): Promise<boolean> =>
      writeIndexCopy(of, { changes: new Map([[path, entry]]), idBytes: 20, second: 1 }),
  };
}
