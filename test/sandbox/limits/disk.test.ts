import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noSandboxLimits, type SandboxLimits } from "../../../src/core/run-settings.ts";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import { diskUsage } from "../../../src/sandbox/limits/disk-usage.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { describeSandboxed, outputOf, run, specFor, temporaryFolder, worktree } from "../support.ts";

const mebibyte = 2 ** 20;

async function openWith(root: string, limits: Partial<SandboxLimits>): Promise<Sandbox> {
  const all = { ...noSandboxLimits, ...limits };
  const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false, limits: all });
  return provider.open(specFor(root));
}

test("what lies in a folder is what it takes on disk, a file of many names once, and nothing beyond a link", async () => {
  using folder = temporaryFolder();
  using outside = temporaryFolder();
  writeFileSync(join(outside.path, "large"), Buffer.alloc(mebibyte));
  mkdirSync(join(folder.path, "a"));
  writeFileSync(join(folder.path, "a", "large"), Buffer.alloc(mebibyte));
  linkSync(join(folder.path, "a", "large"), join(folder.path, "again"));
  symlinkSync(outside.path, join(folder.path, "link"));
  const used = await diskUsage([folder.path, join(folder.path, "gone")]);
  expect(used).toBeGreaterThanOrEqual(mebibyte + 2 * 16 * 1024);
  expect(used).toBeLessThan(mebibyte + 200 * 1024);
});

describeSandboxed("the limit of the disk", () => {
  test("ends what goes past it, by many small files or by a few large ones, and lets the rest tidy up", async () => {
    using place = worktree();
    await using sandbox = await openWith(place.root, { disk: 20 * mebibyte });
    const many = "n=0; while :; do n=$((n+1)); echo $n > f$n; done";
    const large = "n=0; while :; do n=$((n+1)); head -c 5000000 /dev/zero > l$n; sleep 0.05; done";
    for (const command of [many, large]) {
      const result = await run(sandbox, command, 50_000);
      expect(result, command).toMatchObject({ type: "killed" });
      expect(result.output).toContain(
        "agentx: it ran into a limit of its sandbox: sandbox.limits.disk is 20m",
      );
      expect(await outputOf(sandbox, "ls | wc -l; find . -delete; ls | wc -l")).toMatch(/^\d+\n0$/);
    }
  });

  test("keeps some of the disk free: what writes then is ended, what reads goes on", async () => {
    using place = worktree();
    const { bavail, bsize } = await statfs(place.root);
    await using sandbox = await openWith(place.root, {
      diskFree: Math.ceil((bavail * bsize) / 2 ** 30) * 2 ** 30 + 2 ** 40,
    });
    const result = await run(sandbox, "while :; do head -c 9000000 /dev/zero > large; done", 50_000);
    expect(result).toMatchObject({ type: "killed" });
    expect(result.output).toMatch(/is left on the disk \(sandbox\.limits\.diskFree\)/);
    expect(await outputOf(sandbox, "sleep 1.2; ls")).toBe("large");
  });
});
