import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { graceMs } from "../../../src/sandbox/inside/protocol.ts";
import type { ExecRequest, ExecResult, SandboxProvider, SandboxSpec } from "../../../src/sandbox/sandbox.ts";
import { openDoored, serveAt } from "../door-support.ts";
import { eventually, open, processesWith, specFor, worktree } from "../support.ts";

describe("a command without walls", () => {
  const place = worktree();
  let provider: SandboxProvider;
  beforeAll(async () => {
    provider = await open();
  });
  afterAll(() => place[Symbol.dispose]());

  const run = (
    command: string,
    more: Partial<ExecRequest> = {},
    spec: Partial<SandboxSpec> = {},
  ): Promise<ExecResult> => provider.run(specFor(place.root, spec), { command, timeoutMs: 30_000, ...more });

  test("has no helper, and the given environment alone", async () => {
    const env = { GREETING: "hej" };
    const parent = "tr '\\0' ' ' < /proc/$PPID/cmdline | head -c 300";
    const { output } = await run(
      `pwd; echo "$GREETING"; cat; env | cut -d= -f1 | sort; ls -l /proc/$$/fd | grep -c socket:; ${parent}`,
      {},
      { env },
    );
    expect(output).toMatch(/^\/\S+\nhej\nGREETING\nHOME\nPATH\nPWD\n(?:_\n)?0\n/);
    expect(output.split("\n")[0]).toBe(place.root);
    expect(output).not.toContain("helper");
  });

  test("tells its exit code as one in a sandbox does", async () => {
    expect(await run("exit 3")).toMatchObject({ type: "exited", exitCode: 3 });
    expect(await run("kill -SEGV $$")).toMatchObject({ type: "exited", exitCode: 139, output: "" });
    expect(await run("kill $$; sleep 1")).toMatchObject({ type: "exited", exitCode: 143, output: "" });
    expect(await run("no-such-tool")).toMatchObject({ type: "exited", exitCode: 127 });
    expect(await run("if")).toMatchObject({ type: "exited", exitCode: 2 });
    expect(await run(`: ${"x".repeat(200_000)}`)).toMatchObject({
      type: "killed",
      reason: expect.stringContaining("E2BIG"),
    });
    const { output } = await run("printf '%s' \"it's\" 'a \"b\" $c'; exit 0");
    expect(output).toBe('it\'sa "b" $c');
  });

  test("does not see its guard among what it has started", async () => {
    expect(await run("wait; jobs; echo ${!:-none}")).toMatchObject({ type: "exited", output: "none\n" });
  });

  test("ends with what it has left in its group, and does not wait for it", async () => {
    const result = await run("sleep 71.5 & echo left");
    expect(result).toMatchObject({ type: "exited", exitCode: 0, output: "left\n" });
    expect(result.ms).toBeLessThan(20_000);
    expect(await eventually(() => processesWith("71.5").length === 0)).toBe(true);
  });

  test("can be canceled and runs out of time, also where it bears SIGTERM", async () => {
    const controller = new AbortController();
    const running = run("sleep 72.5", { signal: controller.signal });
    await eventually(() => processesWith("72.5").length > 0);
    controller.abort();
    expect(await running).toMatchObject({ type: "killed", reason: "canceled" });
    const late = await run("trap '' TERM; sleep 72.5; sleep 72.5", { timeoutMs: 200 });
    expect(late).toMatchObject({ type: "timed-out" });
    expect(late.ms).toBeGreaterThan(graceMs / 2);
    expect(await eventually(() => processesWith("72.5").length === 0)).toBe(true);
  });

  test.each([
    ["this process", "0"],
    ["this process, where a small one has started it", "40"],
  ])("ends with %s, even by kill -9", async (_, others) => {
    const program = join(import.meta.dirname, "hold-command.ts");
    const command = "trap '' TERM HUP; sleep 73.5 & sleep 73.5";
    const holder = spawn(process.execPath, [program, place.root, command, "unwalled", others], {
      stdio: "ignore",
    });
    expect(await eventually(() => sleeping("73.5") === 2, 10_000)).toBe(true);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expect(await eventually(() => processesWith("73.5").length === 0, 1_000)).toBe(true);
  });

  test("is lost with its parent, which is not this process", async () => {
    const lost = { code: "SANDBOX_LOST", message: expect.stringContaining("SIGKILL") };
    await expect(run("sleep 75.5 & kill -9 $PPID; sleep 75.5")).rejects.toMatchObject(lost);
    expect(await eventually(() => processesWith("75.5").length === 0)).toBe(true);
  });

  test("is told where its folder is not there", async () => {
    await expect(run("true", {}, { root: join(place.outside, "gone") })).rejects.toMatchObject({
      code: "SANDBOX_OPEN",
      message: expect.stringContaining("gone"),
    });
  });
});

/** The sleepers themselves, not the shells that name them. */
function sleeping(marker: string): number {
  return processesWith(marker).filter((pid) => readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n")
    .length;
}

test("programs without walls are started alone, and their streams are apart", async () => {
  using place = worktree();
  const provider = await open();
  await using sandbox = await provider.open(
    specFor(place.root, { mostly: "programs", env: { GREETING: "hej" } }),
  );
  const said = { out: "", err: "" };
  const spawned = sandbox.spawn({
    file: "sh",
    args: ["-c", "echo $GREETING; echo $MORE $1 >&2; exit 4", "sh", "it's"],
    env: { MORE: "more" },
    onStdout: (text) => void (said.out += text),
    onStderr: (text) => void (said.err += text),
  });
  expect(await spawned.ended).toEqual({ type: "exited", exitCode: 4 });
  expect(said).toEqual({ out: "hej\n", err: "more it's\n" });
  await sandbox.writeFile(join(place.root, "made"), "text");
  expect((await sandbox.readFile("made")).text).toBe("text");
  const sleeper = sandbox.spawn({
    file: "sleep",
    args: ["74.5"],
    env: {},
    onStdout: () => {},
    onStderr: () => {},
  });
  await eventually(() => sleeping("74.5") === 1);
  await sleeper.stop();
  expect(await sleeper.ended).toEqual({ type: "killed", signal: "SIGTERM" });
  expect(processesWith("74.5")).toEqual([]);
});

test.each([
  ["programs without walls reach the door by its socket", "programs", /^http:\/\/unix:\/.*\/door\/s:$/],
  ["what takes a helper without walls reaches it by a port", null, /^http:\/\/127\.0\.0\.1:\d+$/],
] as const)("%s, and have the program agentx", async (_title, mostly, address) => {
  await using doored = await openDoored(await open(), { mostly });
  await using _ = await serveAt(doored.door, (request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ answer: `${request.method} ${request.url}`, notes: ["Use tabs."] }));
  });
  expect(await doored.sandbox.openDoor()).toMatch(address);
  let out = "";
  const asks = doored.sandbox.spawn({
    file: "/bin/sh",
    args: ["-c", "agentx ask Which?; agentx notes"],
    env: {},
    onStdout: (text) => void (out += text),
    onStderr: (text) => void (out += text),
  });
  expect(await asks.ended).toEqual({ type: "exited", exitCode: 0 });
  expect(out).toBe("POST /agentx/ask\nUse tabs.\n");
});
