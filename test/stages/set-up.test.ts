import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";
import { setUp } from "../../src/stages/setup/set-up.ts";
import { makeFolder, makeRepository } from "../git/make-repository.ts";

/** A checkout for gates that is had again and again, and a set-up that counts outside of it how often it runs. */
async function reusedCheckout(
  command: string,
): Promise<{ prepare: () => Promise<string>; runs: () => number }> {
  const { repo, base, home } = await makeRepository({
    ".gitignore": "node_modules\ndist\n",
    "gen.txt": "\n",
  });
  const pool = createWorktreePool({ repo, home });
  const folder = makeFolder();
  const count = join(folder, "count");
  const ports = {
    sandboxes: await findSandbox({ env: process.env, unsafeNoSandbox: true }),
    cacheHome: join(folder, "setup-home"),
    registryEnv: {},
    npmrc: "",
    personProxy: {},
    installs: join(folder, "installs"),
    toolchain: "",
  };
  const setup = { command: `echo >> ${count} && ${command}`, timeoutMs: 60_000, network: false } as const;
  const settings = { setup, sandboxReadOnly: [] };
  const signal = new AbortController().signal;
  return {
    prepare: async () => {
      const checkout = await pool.leaseDetached({ name: "gate-1", commit: base });
      await setUp(checkout, { settings, signal, isTrusted: false }, ports);
      return checkout.path;
    },
    runs: () => readFileSync(count, "utf8").length,
  };
}

const install = "mkdir -p node_modules/tool && echo ok > node_modules/tool/index.js";

test.each([
  ["a folder that git ignores", "mkdir -p dist && echo built > dist/made.txt", "dist/made.txt"],
  ["a new file", "echo built > made.txt", "made.txt"],
  ["another content of a file", "echo built > gen.txt", "gen.txt"],
])(
  "what a set-up makes besides installs is there in a checkout that is had again: %s",
  async (_, makes, made) => {
    const { prepare } = await reusedCheckout(`${install} && ${makes}`);
    await prepare();
    const path = await prepare();
    expect(existsSync(join(path, made)), "made once more").toBe(true);
    expect(readFileSync(join(path, made), "utf8")).toBe("built\n");
  },
);

test("a set-up that only installs runs once in a checkout that is had again", async () => {
  const { prepare, runs } = await reusedCheckout(install);
  await prepare();
  await prepare();
  expect(runs()).toBe(1);
});
