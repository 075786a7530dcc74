import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  describeSandboxed,
  eventually,
  open,
  openAt,
  outputOf,
  processesWith,
  run,
  specFor,
  walled,
  worktree,
} from "./support.ts";

/** Ignores SIGTERM, forks twice, and is a session of its own: no process group reaches it. */
const stubborn = (marker: string): string =>
  `setsid sh -c 'trap "" TERM HUP; (trap "" TERM HUP; sleep ${marker}) &' >/dev/null 2>&1 & sleep 0.3; echo begun`;

const startElsewhere = join(import.meta.dirname, "../support/start-elsewhere.ts");

/** Whether all that a sandbox holds ends with a program that is killed. */
async function endsWithHolder(preload: readonly string[], mostly = ""): Promise<boolean> {
  using place = worktree();
  const program = join(import.meta.dirname, "hold-sandbox.ts");
  const holder = spawn(process.execPath, [...preload, program, place.root, stubborn("72.25"), mostly], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  expect(await eventually(() => processesWith("72.25").length === 1)).toBe(true);
  holder.kill("SIGKILL");
  return await eventually(() => processesWith("72.25").length === 0, 1_000);
}

describeSandboxed("the life of a sandbox", () => {
  test("ends with close, daemons and commands included", async () => {
    using place = worktree();
    const sandbox = await openAt(place.root);
    await run(sandbox, stubborn("71.25"));
    expect(processesWith("71.25")).toHaveLength(1);
    const running = sandbox.exec({ command: "sleep 71.25", timeoutMs: 60_000 });
    const rejected = expect(running).rejects.toMatchObject({ code: "SANDBOX_CLOSED" });
    await sandbox.close();
    await rejected;
    // The kernel ends the rest of the namespace on its own time, which is short.
    expect(await eventually(() => processesWith("71.25").length === 0, 1_000)).toBe(true);
    await expect(run(sandbox, "true")).rejects.toMatchObject({ code: "SANDBOX_CLOSED" });
    await sandbox.close();
  });

  test("processes outlive the run: none does, the sandbox ends with this process, even by kill -9", async () => {
    expect(await endsWithHolder([])).toBe(true);
  });

  test("processes outlive the run: nor does one of a resident shell that a small process has started", async () => {
    expect(await endsWithHolder(["--import", startElsewhere], "files")).toBe(true);
  });

  test("says so when its helper dies, in every call", async () => {
    using place = worktree();
    await using sandbox = await openAt(place.root);
    const waiting = run(sandbox, "sleep 73.25");
    const rejected = expect(waiting).rejects.toMatchObject({
      code: "SANDBOX_LOST",
      message: expect.stringContaining("has died"),
    });
    await expect(run(sandbox, "kill -9 $PPID; sleep 5")).rejects.toMatchObject({ code: "SANDBOX_LOST" });
    await rejected;
    await expect(sandbox.readFile("x")).rejects.toMatchObject({ code: "SANDBOX_LOST" });
    expect(await eventually(() => processesWith("73.25").length === 0)).toBe(true);
  });

  test("ends quickly although its helper was stopped from inside", async () => {
    using place = worktree();
    const sandbox = await openAt(place.root);
    const hung = expect(run(sandbox, "kill -STOP $PPID; sleep 74.25")).rejects.toMatchObject({
      code: "SANDBOX_CLOSED",
    });
    await eventually(() => processesWith("74.25").length === 1);
    const started = performance.now();
    await sandbox.close();
    await hung;
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(await eventually(() => processesWith("74.25").length === 0, 1_000)).toBe(true);
  });

  test("has a channel that what runs inside cannot open by name", async () => {
    using place = worktree();
    await using sandbox = await openAt(place.root);
    const forged = await run(sandbox, 'echo \'{"type":"nonsense"}\' > /proc/$PPID/fd/1');
    expect(forged).not.toMatchObject({ exitCode: 0 });
  });

  test("does not hand on descriptors that this process was started with", async () => {
    using place = worktree();
    const secret = openSync("/etc/hostname", "r");
    const program = join(import.meta.dirname, "hold-sandbox.ts");
    const stdio = [
      "ignore",
      "pipe",
      "inherit",
      ...Array.from({ length: 40 }, (): "ignore" => "ignore"),
      secret,
    ] as const;
    const command = "readlink /proc/1/fd/* /proc/self/fd/* /proc/$PPID/fd/*";
    const holder = spawn(process.execPath, [program, place.root, command], { stdio: [...stdio] });
    let said = "";
    holder.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    expect(await eventually(() => said.includes("ready"), 10_000)).toBe(true);
    holder.kill("SIGKILL");
    expect(said).toContain("socket:");
    expect(said).not.toContain("hostname");
  });

  test("says why it could not begin", async () => {
    await expect(openAt("/no/such/folder")).rejects.toMatchObject({ code: "SANDBOX_PATH" });
    using place = worktree();
    const nested = (await walled()).open(specFor(place.root, { readOnly: ["relative"] }));
    await expect(nested).rejects.toMatchObject({ code: "SANDBOX_PATH" });
  });

  test("is the same for eight at once", async () => {
    const places = Array.from({ length: 8 }, () => worktree());
    const outputs = await Promise.all(
      places.map(async ({ root }, index) => {
        await using sandbox = await openAt(root);
        const all = Array.from({ length: 20 }, (_, i) => outputOf(sandbox, `echo ${index}.${i} | tee f${i}`));
        return (await Promise.all(all)).join();
      }),
    );
    for (const place of places) place[Symbol.dispose]();
    expect(outputs).toEqual(places.map((_, i) => Array.from({ length: 20 }, (__, k) => `${i}.${k}`).join()));
  });

  test("without walls ends the commands that it began", async () => {
    using place = worktree();
    const provider = await open();
    expect(provider).toMatchObject({ name: "none (unsafe)", isolates: false });
    const sandbox = await provider.open(specFor(place.root, { env: { A: "1" } }));
    expect(await outputOf(sandbox, "env | sort | cut -d= -f1 | tr '\\n' ' '")).toBe("A HOME PATH PWD");
    await run(sandbox, "sleep 75.25 &");
    await sandbox.close();
    expect(await eventually(() => processesWith("75.25").length === 0)).toBe(true);
  });
});
