import { execFile } from "node:child_process";
import { chownSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { ProbeResult } from "../../src/sandbox/battery/probe.ts";
import { describeSandboxed, temporaryFolder } from "./support.ts";

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;
const program = join(import.meta.dirname, "try-battery.ts");

/** @param uid null for whoever runs the tests */
async function tryAll(walls: "on" | "off", uid: number | null): Promise<ProbeResult[]> {
  using folder = temporaryFolder();
  if (uid !== null) chownSync(folder.path, uid, uid);
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder.path };
  const as = uid === null ? {} : { uid, gid: uid };
  const { stdout } = await promisify(execFile)(process.execPath, [program, walls, folder.path], {
    ...as,
    env,
    cwd: "/",
    maxBuffer: 2 ** 24,
  });
  expect(readdirSync(folder.path), "what the battery left").toEqual([]);
  return JSON.parse(stdout) as ProbeResult[];
}

/** A checkout in root's own home cannot be read by anybody else, so there is no program for an ordinary user to run. */
function isReadableByAll(): boolean {
  for (const start of [program, process.execPath]) {
    for (let at = dirname(start); at !== "/"; at = dirname(at))
      if ((statSync(at).mode & 0o001) === 0) return false;
  }
  return true;
}

const callers: [name: string, uid: number | null][] = [[isRoot ? "root" : "an ordinary user", null]];
if (isRoot && isReadableByAll()) callers.push(["an ordinary user", nobody]);

describeSandboxed("a worker writes outside of its worktree: the battery, called by", () => {
  test.each(callers)("%s: nothing gets out", async (name, uid) => {
    const results = await tryAll("on", uid);
    const tried = results.filter(({ outcome }) => outcome.type !== "untried");
    const blocked = tried.filter(({ outcome }) => outcome.type === "blocked");
    process.stdout.write(`battery, ${name}: blocked ${blocked.length} of ${tried.length} tried\n`);
    expect(tried.filter(({ outcome }) => outcome.type !== "blocked")).toEqual([]);
    expect(tried.length).toBeGreaterThan(60);
    expect(new Set(results.map((result) => result.name)).size).toBe(results.length);
  });

  test.each(callers)(
    "%s: without walls each attempt gets out, or says why it does not",
    async (name, uid) => {
      const results = await tryAll("off", uid);
      const idle = results.filter(({ outcome }) => outcome.type !== "reached");
      process.stdout.write(
        `no walls, ${name}: ${results.length - idle.length} of ${results.length} get out; not: ${idle.map((each) => `${each.name} (${each.idle})`).join("; ")}\n`,
      );
      expect(results.filter(({ outcome }) => outcome.type === "unclear")).toEqual([]);
      expect(idle.filter((each) => each.idle === null && each.outcome.type === "blocked")).toEqual([]);
      expect(results.length - idle.length).toBeGreaterThan(40);
    },
  );
});
