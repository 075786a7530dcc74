import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { noSandboxLimits, type SandboxLimits } from "../../../src/core/run-settings.ts";
import { showsAllProcesses } from "../../../src/sandbox/bubblewrap/bubblewrap.ts";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import type { ExecRequest, ExecResult, SandboxProvider, SandboxSpec } from "../../../src/sandbox/sandbox.ts";
import { findLimitMeans } from "../../../src/sandbox/limits/limit-means.ts";
import { egressFor } from "../egress/support.ts";
import {
  describeSandboxed,
  eventually,
  open,
  processesWith,
  specFor,
  temporaryFolder,
  walled,
  worktree,
} from "../support.ts";

const means = findLimitMeans();
const mebibyte = 2 ** 20;

describeSandboxed("a command in a sandbox of its own", () => {
  const place = worktree();
  let provider: SandboxProvider;
  beforeAll(async () => {
    provider = await walled();
  });
  afterAll(() => place[Symbol.dispose]());

  const run = (
    command: string,
    more: Partial<ExecRequest> = {},
    spec: Partial<SandboxSpec> = {},
  ): Promise<ExecResult> => provider.run(specFor(place.root, spec), { command, timeoutMs: 30_000, ...more });
  const within = async (limits: Partial<SandboxLimits>, command: string): Promise<ExecResult> => {
    const all = { ...noSandboxLimits, ...limits };
    const limited = await findSandbox({ env: process.env, unsafeNoSandbox: false, limits: all });
    return limited.run(specFor(place.root), { command, timeoutMs: 50_000 });
  };

  test("is alone there: process 1, its shell, and what that starts", async () => {
    const counted = "set -- /proc/[0-9]*; echo $#; ls /run; tr '\\0' ' ' < /proc/2/cmdline | head -c 6";
    expect((await run(counted)).output).toBe("2\n/bin/s");
  });

  test("runs in the root, with the given environment, a home, and nothing to read", async () => {
    const env = { GREETING: "hej" };
    const result = await run(
      'pwd; echo "$GREETING"; touch ~/x && cat && env | cut -d= -f1 | sort',
      {},
      { env },
    );
    expect(result.output).toMatch(/^\/\S+\nhej\n(GIT_\w+\n)*GREETING\nHOME\n(\w+\n)*PATH\nPWD\n(\w+\n)*$/);
    expect(result.output.split("\n")[0]).toBe(place.root);
  });

  test("tells its exit code, for a signal as a shell does, and a mistake in itself as its own", async () => {
    expect(await run("exit 3")).toMatchObject({ type: "exited", exitCode: 3 });
    expect(await run("kill -SEGV $$")).toMatchObject({ type: "exited", exitCode: 139 });
    expect(await run("no-such-tool")).toMatchObject({ type: "exited", exitCode: 127 });
    expect(await run("if")).toMatchObject({ type: "exited", exitCode: 2 });
    expect(await run(`: ${"x".repeat(200_000)}`)).toMatchObject({
      type: "killed",
      reason: expect.stringContaining("E2BIG"),
    });
  });

  test("has both streams in order, can open /dev/stderr, and leaves all of it in the log", async () => {
    const log = join(place.outside, "log");
    const onOutput = vi.fn();
    const command = "for i in 1 2; do echo o$i; echo e$i >&2; done; echo é > /dev/stderr; printf '\\377'";
    const result = await run(command, { log, onOutput });
    const said = "o1\ne1\no2\ne2\né\n\ufffd";
    expect([result.output, readFileSync(log, "utf8")]).toEqual([said, said]);
    expect(onOutput).toHaveBeenCalled();
    const long = await run("head -c 3000000 /dev/zero | tr '\\0' x", { log });
    expect(long).toMatchObject({ totalBytes: 3_000_000 });
    expect(long.output).toContain("bytes left out");
    expect(readFileSync(log)).toHaveLength(3_000_000);
  });

  test("can be canceled, before and while it runs", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const running = run("sleep 82.5", { signal });
    await eventually(() => processesWith("82.5").length === 1);
    controller.abort();
    expect(await running).toMatchObject({ type: "killed", reason: "canceled" });
    expect(await run("touch never", { signal })).toMatchObject({ type: "killed", reason: "canceled" });
    expect((await run("ls")).output).toBe("");
    expect(processesWith("82.5")).toEqual([]);
  });

  test("ends with this process, even by kill -9", async () => {
    const program = join(import.meta.dirname, "hold-command.ts");
    const daemon = "setsid sleep 83.5 & sleep 83.5";
    const holder = spawn(process.execPath, [program, place.root, daemon], { stdio: "inherit" });
    expect(await eventually(() => processesWith("83.5").length === 2, 10_000)).toBe(true);
    holder.kill("SIGKILL");
    expect(await eventually(() => processesWith("83.5").length === 0, 1_000)).toBe(true);
  });

  test("never begins when this process is gone before the walls are up", async () => {
    // A shell that is not answered, as by a dispatcher that was killed meanwhile.
    const { aloneScript } = await import("../../../src/sandbox/alone/lone-child.ts");
    const shell = spawn("sh", ["-c", `${aloneScript}echo begun`], { stdio: ["pipe", "pipe", "ignore"] });
    let said = "";
    shell.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await once(shell.stdout, "data");
    shell.stdin.end();
    expect(await once(shell, "close")).toEqual([1, null]);
    expect(said).toBe("\n");
  });

  test.each([
    ["this process", []],
    ["a small one", ["--import", join(import.meta.dirname, "../../support/start-elsewhere.ts")]],
  ])(
    "gets no descriptor but its output from %s, and leaves nothing in the temporary folder",
    async (_, preload) => {
      using temporary = temporaryFolder();
      const secret = openSync("/etc/hostname", "r");
      const stdio = [
        "ignore",
        "pipe",
        "inherit",
        ...Array.from({ length: 40 }, (): "ignore" => "ignore"),
        secret,
      ];
      const program = join(import.meta.dirname, "hold-command.ts");
      const command = "exec readlink /proc/1/fd/* /proc/$$/fd/*";
      const holder = spawn(process.execPath, [...preload, program, place.root, command], {
        stdio: stdio as "pipe"[],
        env: { ...process.env, TMPDIR: temporary.path },
      });
      let said = "";
      holder.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      await once(holder, "close");
      const links = (JSON.parse(said) as ExecResult).output.trim().split("\n");
      const kinds = new Set(links.map((link) => link.replace(/\d.*/, "").replace(/.*agentx-.*/, "/name")));
      expect([...kinds].sort()).toEqual(["/dev/null", "/name", "anon_inode:[eventfd]", "socket:["]);
      expect(readdirSync(temporary.path)).toEqual([]);
    },
  );

  test("says why it could not begin, and that its sandbox was lost", async () => {
    await expect(run("true", {}, { root: "/no/such/folder" })).rejects.toMatchObject({
      code: "SANDBOX_PATH",
    });
    await expect(run("true", { log: join(place.outside, "none", "log") })).rejects.toMatchObject({
      code: "SANDBOX_LOG",
    });
    const { TMPDIR } = process.env;
    process.env["TMPDIR"] = "/no/such/folder";
    const unpiped = (await walled()).run(specFor(place.root), { command: "true", timeoutMs: 9_000 });
    await expect(unpiped).rejects.toMatchObject({ code: "SANDBOX_OPEN" });
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
    const lost = expect(run("sleep 84.5")).rejects.toMatchObject({ code: "SANDBOX_LOST" });
    await eventually(() => processesWith("84.5").length === 1);
    let [pid = 0] = processesWith("84.5");
    while (parentOf(pid) !== process.pid) pid = parentOf(pid);
    process.kill(pid, "SIGKILL");
    await lost;
    expect(await eventually(() => processesWith("84.5").length === 0)).toBe(true);
  });

  // Mostly waiting, so side by side.
  test.concurrent("ends with all that it began, daemons too, when it has ended, and when its time is over", async () => {
    const daemon = "setsid sh -c 'trap \"\" TERM HUP; sleep 81.5' >/dev/null 2>&1 &";
    expect(await run(`${daemon} sleep 81.5 & echo done`)).toMatchObject({ exitCode: 0, output: "done\n" });
    expect(await eventually(() => processesWith("81.5").length === 0)).toBe(true);
    const gentle = await run("trap 'echo tidied; exit' TERM; echo begun; sleep 81.5 & wait", {
      timeoutMs: 200,
    });
    expect(gentle).toMatchObject({ type: "timed-out", output: "begun\ntidied\n" });
    const stubborn = await run(`trap '' TERM; ${daemon} while :; do sleep 81.5; done`, { timeoutMs: 200 });
    expect(stubborn.type).toBe("timed-out");
    expect(await eventually(() => processesWith("81.5").length === 0)).toBe(true);
  });

  test.runIf(means.memory === "rlimit")(
    "is held to the memory of all its processes together",
    { concurrent: true },
    async () => {
      const hog = "(head -c 60000000 /dev/zero; sleep 0.8) | tail -c 60000000 > /dev/null";
      const result = await within({ memory: 128 * mebibyte }, `${hog} & ${hog} & ${hog} & wait; exit 5`);
      expect(result).toMatchObject({ type: "exited", exitCode: 5 });
      expect(result.output).toContain("sandbox.limits.memory is 128m");
    },
  );

  test.concurrent("is held to the disk that it may take", async () => {
    const result = await within(
      { disk: 20 * mebibyte },
      "n=0; while :; do n=$((n+1)); head -c 5000000 /dev/zero > l$n; sleep 0.05; done",
    );
    expect(result.output).toContain("agentx: it ran into a limit of its sandbox: sandbox.limits.disk is 20m");
  });

  test("takes a helper where there are no walls, or a way out, and says the same", async () => {
    const request = { command: "echo hej; ls /run", timeoutMs: 9_000 };
    const root = place.root;
    const unsafe = await (await open()).run(specFor(root), { ...request, command: "echo hej" });
    expect(unsafe).toMatchObject({ type: "exited", exitCode: 0, output: "hej\n" });
    const network = egressFor(["127.0.0.1:9"]);
    const reaching = await provider.run(specFor(root, { network }), request);
    expect(reaching).toMatchObject({ type: "exited", exitCode: 0, output: "hej\nagentx\n" });
  });
});

test("where a user does not see all processes, a helper watches them", () => {
  const proc = (options: string): string =>
    `23 28 0:21 / /sys rw - sysfs sysfs rw\n24 28 0:22 / /proc rw,nosuid - proc proc rw${options}\n`;
  for (const all of ["", ",hidepid=0", ",hidepid=off"]) expect(showsAllProcesses(proc(all))).toBe(true);
  for (const some of [",hidepid=2", ",gid=4,hidepid=invisible"])
    expect(showsAllProcesses(proc(some))).toBe(false);
});

function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
