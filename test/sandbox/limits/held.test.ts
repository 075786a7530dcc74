import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { noSandboxLimits, type SandboxLimits } from "../../../src/core/run-settings.ts";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import { findLimitMeans } from "../../../src/sandbox/limits/limit-means.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import {
  describeSandboxed,
  eventually,
  outputOf,
  processesWith,
  run,
  specFor,
  worktree,
} from "../support.ts";

const means = findLimitMeans();
const mebibyte = 2 ** 20;

async function openWith(root: string, limits: Partial<SandboxLimits>): Promise<Sandbox> {
  const all = { ...noSandboxLimits, ...limits };
  const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false, limits: all });
  return provider.open(specFor(root));
}
/** Uses no shell feature that every `sh` has not. */
const node = (script: string): string => `"/proc/$PPID/exe" -e '${script}'`;

describeSandboxed("a sandbox's limits", () => {
  test.runIf(means.files !== "none")("end a file that grows too large, also a sparse one", async () => {
    using place = worktree();
    await using sandbox = await openWith(place.root, { file: mebibyte });
    for (const command of ["head -c 3000000 /dev/zero > large", "truncate -s 100G sparse"]) {
      const result = await run(sandbox, command);
      expect(result).not.toMatchObject({ exitCode: 0 });
      expect(result.output).toContain("sandbox.limits.file is 1m");
    }
    expect(await outputOf(sandbox, "wc -c < large")).toBe(String(mebibyte));
    // Reading, and many files below the limit, are no concern of it.
    expect(await run(sandbox, "head -c 1000000 large > a && head -c 1000000 large > b")).toMatchObject({
      exitCode: 0,
    });
  });

  test.runIf(means.files !== "none")("refuse too many open files", async () => {
    using place = worktree();
    await using sandbox = await openWith(place.root, { openFiles: 128 });
    const result = await run(sandbox, node(`for (;;) fs.openSync("/dev/null", "r");`));
    expect(result.output).toMatch(/EMFILE[^]*sandbox\.limits\.openFiles is 128/);
    expect(await outputOf(sandbox, "echo alive")).toBe("alive");
  });

  test.runIf(means.memory !== "none")("end what takes too much memory", async () => {
    using place = worktree();
    await using sandbox = await openWith(place.root, { memory: 1024 * mebibyte });
    const grow = (megabytes: number): string =>
      node(
        `const all = []; for (let i = 0; i < ${megabytes}; i += 16) all.push(Buffer.alloc(16 * 1024 * 1024, 1));`,
      );
    expect(await run(sandbox, grow(64))).toMatchObject({ exitCode: 0 });
    const result = await run(sandbox, grow(2048));
    expect(result).not.toMatchObject({ exitCode: 0 });
    expect(result.output).toContain("sandbox.limits.memory is 1g");
    expect(await outputOf(sandbox, "echo alive")).toBe("alive");
  });

  test.runIf(means.memory !== "none")(
    "count the memory of all processes together, and what is shared once",
    async () => {
      using place = worktree();
      await using sandbox = await openWith(place.root, { memory: 512 * mebibyte });
      const hold = (megabytes: number, children: number): string =>
        `perl -e 'my $all = "x" x (${megabytes} << 20); for (1..${children}) { if (!fork) { sleep 1; exit } } 1 while wait > 0; print length $all'`;
      // Five with 150 MB each that are the same 150 MB.
      expect(await run(sandbox, hold(150, 4))).toMatchObject({ exitCode: 0 });
      const result = await run(sandbox, `for i in 1 2 3 4 5; do ${hold(150, 1)} & done; wait; exit 1`);
      expect(result.output).toContain("it ran into a limit of its sandbox: sandbox.limits.memory is 512m");
    },
  );

  test("let no folder in memory grow past its part", async () => {
    using place = worktree();
    await using sandbox = await openWith(place.root, { memory: 1024 * mebibyte });
    const result = await run(sandbox, "head -c 150000000 /dev/zero > /dev/shm/x");
    expect(result.output).toMatch(/No space left on device[^]*sandbox\.limits\.memory is 1g/);
  });

  test.runIf(means.processes !== "none")("stop a fork bomb, and end all of it with the sandbox", async () => {
    using place = worktree();
    const sandbox = await openWith(place.root, { processes: 60 });
    await outputOf(sandbox, "echo ready");
    // Bounded, should the limit not hold; each stays, so that the places stay taken.
    const result = await run(
      sandbox,
      "i=0; while [ $i -lt 200 ]; do sleep 76.25 & i=$((i+1)); done; exit 5",
      20_000,
    );
    expect(result).not.toMatchObject({ exitCode: 0 });
    expect(result.output).toContain("sandbox.limits.processes is 60");
    const alive = processesWith("76.25").length;
    expect(alive).toBeGreaterThan(10);
    expect(alive).toBeLessThan(60);
    await sandbox.close();
    expect(await eventually(() => processesWith("76.25").length === 0)).toBe(true);
  });

  test("leave the defaults' worth of room to a real build", async () => {
    using place = worktree();
    const { defaults } = await import("../../../src/config/settings.ts");
    await using sandbox = await openWith(place.root, defaults.sandboxLimits);
    // A thousand gigabytes of addresses that are only reserved, as runtimes do, and WebAssembly with its guard pages.
    const script = `new WebAssembly.Memory({ initial: 1, maximum: 65536 }); new (require("worker_threads").Worker)("1", { eval: true });`;
    expect(await run(sandbox, node(script))).toMatchObject({ exitCode: 0 });
  });

  test("leave nothing behind", async () => {
    using place = worktree();
    const mine = (): string[] =>
      means.cgroup === null
        ? []
        : readdirSync(means.cgroup.folder).filter((name) => name.startsWith(`agentx-${process.pid}-`));
    {
      await using sandbox = await openWith(place.root, { processes: 60 });
      await outputOf(sandbox, "sleep 77.25 & true");
      expect(mine()).toHaveLength(means.cgroup === null ? 0 : 1);
    }
    expect(mine()).toEqual([]);
  });
});
