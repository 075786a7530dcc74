import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { describeSandboxed, openAt, run, worktree } from "./support.ts";

describeSandboxed("files of a sandbox", () => {
  const place = worktree();
  const at = (...parts: string[]): string => join(place.root, ...parts);
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openAt(place.root);
  });
  afterAll(async () => {
    await sandbox?.close();
    place[Symbol.dispose]();
  });

  test("are written exactly, with missing folders, and keep their mode", async () => {
    const text = "é😀\r\n\u0000\u0001no newline";
    await sandbox.writeFile("a/b/c.txt", text);
    expect(readFileSync(at("a/b/c.txt"), "utf8")).toBe(text);
    expect(readdirSync(at("a/b"))).toEqual(["c.txt"]);
    writeFileSync(at("run.sh"), "old");
    chmodSync(at("run.sh"), 0o754);
    await sandbox.writeFile(at("run.sh"), "new");
    expect(readFileSync(at("run.sh"), "utf8")).toBe("new");
    expect(statSync(at("run.sh")).mode & 0o777).toBe(0o754);
    await sandbox.writeFile("x".repeat(255), "long name");
    expect(statSync(at("x".repeat(255))).size).toBe(9);
  });

  test("are written through a symbolic link that stays inside", async () => {
    writeFileSync(at("target"), "1");
    symlinkSync("target", at("alias"));
    await sandbox.writeFile("alias", "2");
    expect(readFileSync(at("target"), "utf8")).toBe("2");
  });

  test("are read in ranges, with the whole size", async () => {
    writeFileSync(at("ten"), "0123456789");
    expect(await sandbox.readFile("ten")).toEqual({ text: "0123456789", totalBytes: 10, isBinary: false });
    const range = { offset: 3, maxBytes: 4 };
    expect(await sandbox.readFile("ten", range)).toMatchObject({ text: "3456", totalBytes: 10 });
    expect(await sandbox.readFile("ten", { offset: 99, maxBytes: 4 })).toMatchObject({ text: "" });
    expect((await sandbox.readFile("/proc/self/status")).text).toContain("Name:");
  });

  test("are never loaded whole, and binary ones are told apart", async () => {
    expect(await run(sandbox, "truncate -s 5G huge; printf 'a\\377\\000' > binary")).toMatchObject({
      exitCode: 0,
    });
    const huge = await sandbox.readFile("huge", { offset: 0, maxBytes: 1e9 });
    expect(huge.totalBytes).toBe(5 * 2 ** 30);
    expect(huge.text.length).toBe(4 * 2 ** 20);
    expect(await sandbox.readFile("binary")).toMatchObject({ isBinary: true, totalBytes: 3 });
    await run(sandbox, "rm huge");
  });

  test("that cannot be had are refused with a code and a sentence", async () => {
    await run(sandbox, "mkfifo pipe; mkdir -p folder");
    await expect(sandbox.readFile("none")).rejects.toMatchObject({
      code: "ENOENT",
      message: expect.stringContaining("none:"),
    });
    await expect(sandbox.readFile("folder")).rejects.toMatchObject({ code: "EISDIR" });
    await expect(sandbox.readFile("pipe")).rejects.toMatchObject({ code: "EINVAL" });
    await expect(sandbox.writeFile("folder", "")).rejects.toMatchObject({ code: "EISDIR" });
    await expect(sandbox.writeFile("ten/x", "")).rejects.toMatchObject({ name: "SandboxFileError" });
    await expect(sandbox.writeFile("/usr/x", "")).rejects.toMatchObject({ code: "EROFS" });
    await expect(sandbox.list("none", { depth: 1, limit: 9 })).rejects.toMatchObject({ code: "ENOENT" });
    await expect(sandbox.list("ten", { depth: 1, limit: 9 })).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  test("are listed by depth, sorted, without what git ignores", async () => {
    for (const folder of ["tree/.git", "tree/node_modules/x", "tree/src/deep"])
      mkdirSync(at(folder), { recursive: true });
    for (const file of ["tree/b.txt", "tree/src/a.ts", "tree/src/deep/z.ts", "tree/.env"])
      writeFileSync(at(file), "12");
    symlinkSync("/etc", at("tree/link"));
    const { entries, truncated } = await sandbox.list("tree", { depth: 2, limit: 100 });
    expect(truncated).toBe(false);
    expect(entries.map((entry) => `${entry.type[0]} ${entry.path} ${entry.bytes}`)).toEqual([
      "f tree/.env 2",
      "f tree/b.txt 2",
      "s tree/link 0",
      "d tree/src 0",
      "f tree/src/a.ts 2",
      "d tree/src/deep 0",
    ]);
    const cut = await sandbox.list("tree", { depth: 9, limit: 2 });
    expect(cut).toMatchObject({ truncated: true, entries: [{ path: "tree/.env" }, { path: "tree/b.txt" }] });
  });

  test("are searched by line, glob and limit", async () => {
    mkdirSync(at("find/sub"), { recursive: true });
    writeFileSync(at("find/a.ts"), "one\r\ntwo needle\n");
    writeFileSync(at("find/sub/b.js"), "needle 1\nneedle 2");
    writeFileSync(at("find/c.bin"), "needle\0");
    const all = await sandbox.search("needle\\b", { path: "find", glob: null, limit: 10 });
    expect(all).toEqual({
      matches: [
        { path: "find/a.ts", line: 2, text: "two needle" },
        { path: "find/sub/b.js", line: 1, text: "needle 1" },
        { path: "find/sub/b.js", line: 2, text: "needle 2" },
      ],
      truncated: false,
    });
    const byName = await sandbox.search("needle", { path: ".", glob: "*.ts", limit: 10 });
    expect(byName.matches.map((match) => match.path)).toEqual(["find/a.ts"]);
    const byPath = await sandbox.search("needle", { path: "find", glob: "find/sub/**", limit: 1 });
    expect(byPath).toMatchObject({ matches: [{ line: 1 }], truncated: true });
    const bad = sandbox.search("(", { path: ".", glob: null, limit: 1 });
    await expect(bad).rejects.toMatchObject({ code: "EINVAL" });
  });

  test("are searched in bounded memory, also with a line of 100 MB", async () => {
    await run(
      sandbox,
      "mkdir big; head -c 100000000 /dev/zero | tr '\\0' x > big/line; echo needle >> big/line; echo needle >> big/line",
    );
    const { matches } = await sandbox.search("needle", { path: "big", glob: null, limit: 9 });
    expect(matches).toEqual([{ path: "big/line", line: 2, text: "needle" }]);
  });

  test("a pattern that backtracks without end is given up, and the sandbox goes on", async () => {
    writeFileSync(at("find/evil.txt"), `${"a".repeat(60)}!`);
    const search = sandbox.search("^(a+)+$", { path: "find/evil.txt", glob: null, limit: 1 });
    await expect(search).rejects.toMatchObject({ code: "ETIMEDOUT" });
    expect(await run(sandbox, "true")).toMatchObject({ exitCode: 0 });
  });
});
