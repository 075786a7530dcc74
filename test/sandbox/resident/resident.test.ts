import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { noSandboxLimits, type SandboxLimits } from "../../../src/core/run-settings.ts";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import { findLimitMeans } from "../../../src/sandbox/limits/limit-means.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import {
  describeSandboxed,
  eventually,
  openAt,
  outputOf,
  processesWith,
  run,
  specFor,
  worktree,
} from "../support.ts";

const means = findLimitMeans();
/** Who runs the commands: `sh`, or a helper. */
const residentIs = "cat /proc/$PPID/comm; ls /run/agentx";
/** Of the pipe that has a command's output. */
const pipeIs = "stat -L -c %i /proc/$$/fd/1";

const open = (root: string): Promise<Sandbox> => openAt(root, { mostly: "files", env: { GREETING: "hej" } });

async function limited(root: string, limits: Partial<SandboxLimits>): Promise<Sandbox> {
  const all = { ...noSandboxLimits, ...limits };
  const provider = await findSandbox({ env: process.env, unsafeNoSandbox: false, limits: all });
  return provider.open(specFor(root, { mostly: "files" }));
}

function search(sandbox: Sandbox): Promise<unknown> {
  return sandbox.search("x", { path: ".", glob: null, limit: 1 });
}

describeSandboxed("a resident shell", () => {
  test("becomes the helper when more is asked of it, and all that was there stays", async () => {
    using place = worktree();
    await using sandbox = await open(place.root);
    expect(await outputOf(sandbox, `${residentIs}; echo kept > /tmp/kept`)).toMatch(/^sh\n/);
    await run(sandbox, "sleep 91.25 >/dev/null 2>&1 &");
    const shell = await outputOf(sandbox, "echo $PPID");
    await search(sandbox);
    expect(await outputOf(sandbox, "cat /proc/$PPID/comm")).not.toBe("sh");
    expect(await outputOf(sandbox, "cat /tmp/kept; echo $PPID $GREETING")).toBe(`kept\n${shell} hej`);
    expect(await eventually(() => processesWith("91.25").length === 1)).toBe(true);
  });

  test("gives its commands what a helper gives them", async () => {
    using place = worktree();
    await using sandbox = await open(place.root);
    await using helped = await openAt(place.root, { env: { GREETING: "hej" } });
    const command = [
      "env | sort; pwd; umask; wc -c <&0; grep -E '^(Sig(Blk|Ign|Cgt)|NoNewPrivs)' /proc/self/status",
      "ps -o pid=,pgid=,sid=,tty= $$ | awk '{ print $1 == $2 && $2 == $3, $4 }'",
      // What this process was started with is /dev/null in either.
      "for fd in /proc/$$/fd/*; do case $(readlink $fd) in /dev/null) ;; *) echo ${fd##*/} ;; esac; done",
      `printf '%s|' "it's" '$n' 'a\\nb' "\n x"  `,
    ].join("\n");
    expect(await outputOf(sandbox, command)).toBe(await outputOf(helped, command));
    expect(await outputOf(sandbox, "cat /proc/$PPID/comm")).toBe("sh");
  });

  test("uses a pipe again when nobody has it, and is a helper once each is held", async () => {
    using place = worktree();
    await using sandbox = await open(place.root);
    const [first, second] = [await outputOf(sandbox, pipeIs), await outputOf(sandbox, pipeIs)];
    expect(second).toBe(first);
    expect(await outputOf(sandbox, `sleep 92.25 & echo $! > pid; ${pipeIs}`)).toBe(first);
    const third = await outputOf(sandbox, `echo a; ${pipeIs}`);
    expect(third).not.toContain(first);
    // Its end is read while others run.
    await run(sandbox, "kill $(cat pid); sleep 0.05");
    for (const _ of [1, 2, 3])
      expect(await outputOf(sandbox, "sleep 92.25 & cat /proc/$PPID/comm")).toBe("sh");
    expect(await outputOf(sandbox, "cat /proc/$PPID/comm")).not.toBe("sh");
    expect(await eventually(() => processesWith("92.25").length === 3)).toBe(true);
  });

  test("runs one command after the other, each with all of its time", async () => {
    using place = worktree();
    await using sandbox = await open(place.root);
    await run(sandbox, "true");
    const first = run(sandbox, "echo a >> order; sleep 0.4; echo b >> order");
    const second = run(sandbox, "echo c >> order", 350);
    expect(await Promise.all([first, second])).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }]);
    expect(readFileSync(join(place.root, "order"), "utf8")).toBe("a\nb\nc\n");
  });

  test("loses its sandbox when what runs inside speaks for it, or ends it", async () => {
    using place = worktree();
    const forge = (line: string): string => `echo '${line}' > /proc/$PPID/fd/1; sleep 93.25`;
    for (const command of [forge("0"), forge("0123456789abcdef 0"), "kill -9 $PPID; sleep 93.25"]) {
      await using sandbox = await open(place.root);
      const isLost = { code: "SANDBOX_LOST", message: expect.stringContaining("has died") };
      const waiting = run(sandbox, command);
      await expect(waiting).rejects.toMatchObject(isLost);
      await expect(run(sandbox, "true")).rejects.toMatchObject(isLost);
      await expect(search(sandbox)).rejects.toMatchObject(isLost);
    }
    expect(await eventually(() => processesWith("93.25").length === 0)).toBe(true);
  });

  test("loses its sandbox by a word that nobody waits for", async () => {
    using place = worktree();
    await using sandbox = await open(place.root);
    const word = "until [ -e go-on ]; do sleep 0.02; done; echo > /proc/$shell/fd/1; sleep 93.5";
    await run(sandbox, `shell=$PPID; sleep 93.5 >/dev/null 2>&1 & (${word}) >/dev/null 2>&1 &`);
    expect(await eventually(() => processesWith("93.5").length === 1)).toBe(true);
    writeFileSync(join(place.root, "go-on"), "");
    expect(await eventually(() => processesWith("93.5").length === 0)).toBe(true);
    await expect(run(sandbox, "true")).rejects.toMatchObject({ code: "SANDBOX_LOST" });
  });

  test("ends a command's group when its time is over or it is canceled, and nothing else", async () => {
    using place = worktree();
    await using sandbox = await open(place.root);
    await run(sandbox, "sleep 94.25 >/dev/null 2>&1 &");
    const stubborn = "trap '' TERM; (trap '' TERM; sleep 94.5) & echo begun; while :; do sleep 94.5; done";
    expect(await run(sandbox, stubborn, 200)).toMatchObject({ type: "timed-out", output: "begun\n" });
    for (const soon of [
      (abort: () => void) => abort(),
      setImmediate,
      (abort: () => void) => setTimeout(abort, 30),
    ]) {
      const controller = new AbortController();
      const { signal } = controller;
      const running = sandbox.exec({ command: "sleep 94.5", timeoutMs: 60_000, signal });
      soon(() => controller.abort());
      expect(await running).toMatchObject({ type: "killed", reason: "canceled" });
    }
    expect(await eventually(() => processesWith("94.5").length === 0)).toBe(true);
    expect(await eventually(() => processesWith("94.25").length === 1)).toBe(true);
    expect(await outputOf(sandbox, "cat /proc/$PPID/comm")).toBe("sh");
  });

  test("ends with close, whatever runs, also while it becomes a helper", async () => {
    using place = worktree();
    const isClosed = { code: "SANDBOX_CLOSED" };
    const busy = await open(place.root);
    await run(busy, "setsid sleep 95.25 >/dev/null 2>&1 &");
    const running = expect(run(busy, "kill -STOP $PPID; trap '' TERM; sleep 95.25")).rejects.toMatchObject(
      isClosed,
    );
    expect(await eventually(() => processesWith("95.25").length === 2)).toBe(true);
    await busy.close();
    // What is inside is gone by then.
    expect(processesWith("95.25")).toHaveLength(0);
    await running;
    const becoming = await open(place.root);
    await run(becoming, "true");
    const searching = expect(search(becoming)).rejects.toMatchObject(isClosed);
    await becoming.close();
    await searching;
    await expect(run(becoming, "true")).rejects.toMatchObject(isClosed);
  });

  test.runIf(means.memory !== "none")(
    "has its commands held to their memory, itself left alone",
    async () => {
      using place = worktree();
      await using sandbox = await limited(place.root, { memory: 100 * 2 ** 20 });
      const result = await run(sandbox, `perl -e '$all = "x" x (150 << 20); sleep 96'`);
      expect(result).not.toMatchObject({ exitCode: 0 });
      expect(result.output).toContain("sandbox.limits.memory is 100m");
      expect(await outputOf(sandbox, "cat /proc/$PPID/comm")).toBe("sh");
    },
  );

  test.runIf(means.processes !== "none")("says of a command that there is no process for it", async () => {
    using place = worktree();
    await using sandbox = await limited(place.root, { processes: 40 });
    const waits = "select undef, undef, undef, 0.01 until -e q(go-on)";
    const script = `${waits}; while (defined(my $p = fork)) { $p or sleep(97), exit } open F, q(>full); sleep 97`;
    await run(sandbox, `perl -e '${script}' >/dev/null 2>&1 &`);
    writeFileSync(join(place.root, "go-on"), "");
    expect(await eventually(() => existsSync(join(place.root, "full")))).toBe(true);
    expect(await run(sandbox, "echo a")).toMatchObject({
      type: "killed",
      reason: expect.stringMatching(/^could not be started: .*fork/),
    });
  });
});
