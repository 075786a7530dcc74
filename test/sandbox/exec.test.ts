import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { describeSandboxed, eventually, openAt, outputOf, processesWith, run, worktree } from "./support.ts";

/** By a helper, or by a resident shell where a sandbox is mostly for files. */
const kinds = [
  { by: "a helper", mostly: null, segmentation: { type: "killed", reason: "ended by SIGSEGV" } },
  { by: "a resident shell", mostly: "files", segmentation: { type: "exited", exitCode: 139 } },
] as const;

for (const { by, mostly, segmentation } of kinds) {
  describeSandboxed(`a command by ${by}`, () => {
    const place = worktree();
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await openAt(place.root, { env: { GREETING: "hej" }, mostly });
    });
    afterAll(async () => {
      await sandbox?.close();
      place[Symbol.dispose]();
    });

    test("runs in the root, with the given environment and a home", async () => {
      expect(await outputOf(sandbox, 'pwd; echo "$GREETING"; touch ~/x && echo home')).toBe(
        `${place.root}\nhej\nhome`,
      );
    });

    test("tells its exit code, and the signal that ended it", async () => {
      expect(await run(sandbox, "exit 3")).toMatchObject({ type: "exited", exitCode: 3 });
      expect(await run(sandbox, "kill -SEGV $$")).toMatchObject(segmentation);
      expect(await run(sandbox, "no-such-tool")).toMatchObject({ type: "exited", exitCode: 127 });
    });

    test("has both streams in order, and can open /dev/stderr", async () => {
      const result = await run(
        sandbox,
        "for i in 1 2 3; do echo o$i; echo e$i >&2; done; echo x > /dev/stderr",
      );
      expect(result.output).toBe("o1\ne1\no2\ne2\no3\ne3\nx\n");
    });

    test("survives invalid UTF-8 and NUL bytes", async () => {
      expect((await run(sandbox, "printf 'a\\377\\000b'")).output).toBe("a\ufffd\0b");
    });

    test("can be canceled, before and while it runs", async () => {
      const controller = new AbortController();
      const running = sandbox.exec({ command: "sleep 63.5", timeoutMs: 60_000, signal: controller.signal });
      setTimeout(() => controller.abort(), 100);
      expect(await running).toMatchObject({ type: "killed", reason: "canceled" });
      const late = sandbox.exec({ command: "touch never", timeoutMs: 60_000, signal: controller.signal });
      expect(await late).toMatchObject({ type: "killed", reason: "canceled", ms: 0 });
      expect(await outputOf(sandbox, "ls never 2>&1")).toContain("No such file");
    });

    test("shows that there is output while it runs, and leaves all of it in the log", async () => {
      const log = join(place.outside, "log");
      // What comes first is what lets it go on.
      const onOutput = (): void => writeFileSync(join(place.root, "go-on"), "");
      const result = await sandbox.exec({
        command: "echo a; until [ -e go-on ]; do sleep 0.02; done; echo é",
        timeoutMs: 9_000,
        onOutput,
        log,
      });
      expect(result.output).toBe("a\né\n");
      expect(readFileSync(log, "utf8")).toBe("a\né\n");
    });

    test("says that its log cannot be written", async () => {
      const log = join(place.outside, "none", "log");
      const failing = sandbox.exec({ command: "echo a", timeoutMs: 9_000, log });
      await expect(failing).rejects.toMatchObject({ code: "SANDBOX_LOG" });
    });

    test("cannot be too long to start without saying so", async () => {
      const result = await run(sandbox, `: ${"x".repeat(200_000)}`);
      expect(result).toMatchObject({ type: "killed", reason: expect.stringContaining("E2BIG") });
    });

    test("finds its way after a command has emptied /tmp", async () => {
      await run(sandbox, "rm -rf /tmp/agentx-*");
      for (let i = 0; i < 20; i += 1) expect(await outputOf(sandbox, `echo ${i}`)).toBe(String(i));
    });
  });
}

describeSandboxed("a command", () => {
  const place = worktree();
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openAt(place.root);
  });
  afterAll(async () => {
    await sandbox?.close();
    place[Symbol.dispose]();
  });

  test("has the tools", async () => {
    for (const tool of ["git", "node", "npm", "make"]) {
      expect(await run(sandbox, `${tool} --version`)).toMatchObject({ exitCode: 0 });
    }
  });

  test("ends with its process group when its time is over, also when it ignores SIGTERM", async () => {
    const gentle = await run(sandbox, "echo begun; sleep 61.5", 200);
    expect(gentle).toMatchObject({ type: "timed-out", output: "begun\n" });
    expect(gentle.ms).toBeLessThan(1_500);
    const stubborn = await run(
      sandbox,
      "trap '' TERM; (trap '' TERM; sleep 62.5) & while :; do sleep 62.5; done",
      200,
    );
    expect(stubborn.type).toBe("timed-out");
    expect(stubborn.ms).toBeLessThan(5_000);
    expect(await eventually(() => processesWith("62.5").length === 0)).toBe(true);
  });

  test("returns while a background process still holds the pipe, and that one lives on", async () => {
    const result = await run(sandbox, "sleep 64.5 & echo done");
    expect(result).toMatchObject({ type: "exited", exitCode: 0, output: "done\n" });
    expect(result.ms).toBeLessThan(30_000);
    expect(processesWith("64.5")).toHaveLength(1);
    const chatty = await run(sandbox, "yes & echo $! > pid");
    expect(chatty.type).toBe("exited");
    expect(await run(sandbox, "kill -0 $(cat pid) && kill $(cat pid)")).toMatchObject({ exitCode: 0 });
  });

  test("sends its output once, and while it takes long a sign now and then that there is some", async () => {
    const sent = async (): Promise<number> =>
      Number(await outputOf(sandbox, "grep wchar /proc/$PPID/task/$PPID/io | tr -dc 0-9"));
    let signs = 0;
    const onOutput = (): void => void (signs += 1);
    const before = await sent();
    await sandbox.exec({ command: "head -c 100000 /dev/zero | tr '\\0' x", timeoutMs: 9_000, onOutput });
    expect((await sent()) - before).toBeLessThan(110_000);
    const command = "for i in 1 2 3 4 5 6 7 8 9; do echo a; sleep 0.04; done";
    signs = 0;
    await sandbox.exec({ command, timeoutMs: 9_000, onOutput });
    expect(signs).toBeGreaterThan(0);
    expect(signs).toBeLessThan(6);
  });

  test("may print 600 MB, or a line of 100 MB, in bounded memory", async () => {
    const helperPeakMb = async (): Promise<number> =>
      Number(await outputOf(sandbox, "grep VmHWM /proc/$PPID/status | tr -dc 0-9")) / 1024;
    const flood = await run(sandbox, "head -c 600000000 /dev/zero");
    expect(flood).toMatchObject({ type: "exited", exitCode: 0, totalBytes: 600_000_000 });
    const log = join(place.outside, "long-line");
    const before = process.memoryUsage.rss();
    let peak = before;
    const onOutput = (): void => void (peak = Math.max(peak, process.memoryUsage.rss()));
    const command = "head -c 100000000 /dev/zero | tr '\\0' x";
    expect(await sandbox.exec({ command, timeoutMs: 60_000, log, onOutput })).toMatchObject({
      totalBytes: 1e8,
    });
    // The log has the beginning and the end of it.
    expect(statSync(log).size / 2 ** 20).toBeGreaterThan(65);
    expect(statSync(log).size / 2 ** 20).toBeLessThan(65.1);
    expect((peak - before) / 2 ** 20).toBeLessThan(120);
    expect(await helperPeakMb()).toBeLessThan(200);
  });
});
