import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { codeCache } from "../../../src/sandbox/helper/code-cache.ts";
import { describeSandboxed, openAt, outputOf, temporaryFolder, worktree } from "../support.ts";

const own = `agentx-code-${process.getuid?.()}`;

describe("the folder of compiled code", () => {
  test("is filled once for all, and what was left of other versions goes after a week", async () => {
    using place = temporaryFolder();
    const filled: string[] = [];
    const fill = async (folder: string): Promise<void> => {
      filled.push(folder);
      writeFileSync(join(folder, "code"), "");
    };
    const first = await codeCache({ kind: "none", fill }, place.path);
    expect(readdirSync(first ?? "")).toEqual(["code"]);
    const parent = join(place.path, own);
    for (const [name, days] of [
      ["old", 8],
      ["recent", 6],
    ] as const) {
      mkdirSync(join(parent, name));
      const at = Date.now() / 1000 - days * 24 * 3600;
      utimesSync(join(parent, name), at, at);
    }
    expect(await codeCache({ kind: "none", fill }, place.path)).toBe(first);
    expect(filled).toHaveLength(1);
    // As where a new version comes: the folder is made anew.
    rmSync(first ?? "", { recursive: true });
    await codeCache({ kind: "none", fill }, place.path);
    expect(readdirSync(parent).sort()).toEqual([basename(first ?? ""), "recent"].sort());
  });

  test("is done without where it cannot be filled, and tried again by the next", async () => {
    using place = temporaryFolder();
    const fails = (): Promise<void> => Promise.reject(new Error("no room"));
    expect(await codeCache({ kind: "none", fill: fails }, place.path)).toBeNull();
    expect(readdirSync(join(place.path, own))).toEqual([]);
    expect(await codeCache({ kind: "none", fill: async () => {} }, place.path)).not.toBeNull();
  });

  test("is never one that somebody else can write to or has laid out", async () => {
    using open = temporaryFolder();
    mkdirSync(join(open.path, own));
    chmodSync(join(open.path, own), 0o777);
    expect(await codeCache({ kind: "none", fill: async () => {} }, open.path)).toBeNull();
    using linked = temporaryFolder();
    mkdirSync(join(linked.path, "elsewhere"), { mode: 0o700 });
    symlinkSync(join(linked.path, "elsewhere"), join(linked.path, own));
    expect(await codeCache({ kind: "none", fill: async () => {} }, linked.path)).toBeNull();
  });
});

describeSandboxed("compiled code in a sandbox", () => {
  test("is read by the helper and written by nobody, and commands are not told of it", async () => {
    using place = worktree();
    await using sandbox = await openAt(place.root);
    expect(await outputOf(sandbox, "ls /run/agentx/code/*")).not.toBe("");
    const tries = ["touch /run/agentx/code/x", "touch /run/agentx/code/*/x", "rm -r /run/agentx/code/*"];
    for (const command of tries) {
      expect(await outputOf(sandbox, `${command} 2>/dev/null; echo $?`), command).toBe("1");
    }
    expect(await outputOf(sandbox, "echo $NODE_COMPILE_CACHE")).toBe("");
    // Whoever strips types holds its own compiler, of some 15 MB.
    const own = await outputOf(sandbox, "grep RssAnon /proc/$PPID/status | tr -dc 0-9");
    expect(Number(own)).toBeLessThan(20_000);
  });
});
