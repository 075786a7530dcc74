import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyTree } from "../../src/sys/copy-tree.ts";
import { makeFolder, setEnv, write } from "../git/make-repository.ts";

/** A `cp` of this script before the machine's. */
function useCp(script: string): void {
  const folder = makeFolder();
  writeFileSync(join(folder, "cp"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  setEnv("PATH", `${folder}:${process.env["PATH"]}`);
}

test.each<[string, () => void]>([
  ["the machine's cp", () => undefined],
  [
    "a cp that does not know the options",
    () => useCp("echo \"cp: unrecognized option '--reflink=auto'\" >&2; exit 1"),
  ],
])("copies files with their modes and links as they are, by %s", async (_name, prepare) => {
  const folder = makeFolder();
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  write(from, { "a/plain.js": "plain\n", "-odd name\n": "odd\n" });
  writeFileSync(join(from, "a/run"), "run\n", { mode: 0o755 });
  writeFileSync(join(from, "a/closed"), "closed\n", { mode: 0o600 });
  mkdirSync(join(from, "empty"));
  symlinkSync("../nowhere", join(from, "a/link"));
  prepare();
  await copyTree(from, to);
  expect(readFileSync(join(to, "a/plain.js"), "utf8")).toBe("plain\n");
  expect(readFileSync(join(to, "-odd name\n"), "utf8")).toBe("odd\n");
  expect(statSync(join(to, "a/run")).mode & 0o777).toBe(0o755);
  expect(statSync(join(to, "a/closed")).mode & 0o777).toBe(0o600);
  expect(lstatSync(join(to, "empty")).isDirectory()).toBe(true);
  expect(readlinkSync(join(to, "a/link"))).toBe("../nowhere");
});

test("says what could not be copied, and where the disk is full", async () => {
  const folder = makeFolder();
  const to = join(folder, "to");
  await expect(copyTree(join(folder, "gone"), to)).rejects.toMatchObject({ code: "COPY_FAILED" });
  useCp("echo \"cp: error writing 'x': No space left on device\" >&2; exit 1");
  await expect(copyTree(folder, to)).rejects.toMatchObject({ code: "DISK_FULL" });
});
