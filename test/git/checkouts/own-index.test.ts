import { execFileSync } from "node:child_process";
import { renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect, test } from "vitest";
import { indexCopyOf, writeIndexCopy } from "../../../src/git/checkouts/own-index.ts";
import { git, makeRepository } from "../make-repository.ts";

test("the bytes of large indexes do not wait for the collector", async () => {
  const { root, base } = await makeRepository({ a: "a" });
  const id = git(root, "rev-parse", `${base}:a`);
  const paths = Array.from({ length: 20_000 }, (_, at) => `f${at}`);
  const input = paths.map((path) => `100644 ${id}\t${path}\n`).join("");
  execFileSync("git", ["update-index", "--index-info"], { cwd: root, input });
  const checkout = { name: "1", path: root, gitDir: join(root, ".git") };
  const index = join(checkout.gitDir, "index");
  writeFileSync(join(root, "new"), "a");
  const state = statSync(join(root, "new"), { bigint: true });
  const before = process.memoryUsage().arrayBuffers;
  for (let time = 0; time < 10; time += 1) {
    const changes = new Map([[`new${time}`, { mode: 0o100644, id, state }]]);
    expect(await writeIndexCopy(checkout, { changes, idBytes: 20, second: 1 })).toBe(true);
    renameSync(indexCopyOf(checkout), index);
  }
  // Twenty of them were read and written; where their entries start is what is left.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(statSync(index).size);
  expect(git(root, "ls-files").split("\n")).toHaveLength(1 + paths.length + 10);
});
