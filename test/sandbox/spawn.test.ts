import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sandbox, SpawnEnding, Spawned } from "../../src/sandbox/sandbox.ts";
import { describeBoth, eventually, outputOf, processesWith, run, specFor, worktree } from "./support.ts";

type Talk = Spawned & { stdout: () => string; stderr: () => string; chunks: string[] };

function begin(sandbox: Sandbox, [file = "", ...args]: string[], env: Record<string, string> = {}): Talk {
  const chunks: string[] = [];
  let stderr = "";
  const spawned = sandbox.spawn({
    file,
    args,
    env,
    onStdout: (text) => void chunks.push(text),
    onStderr: (text) => void (stderr += text),
  });
  return { ...spawned, chunks, stdout: () => chunks.join(""), stderr: () => stderr };
}
const shell = (script: string): string[] => ["/bin/sh", "-c", script];

async function finish(talk: Talk, input = ""): Promise<SpawnEnding> {
  talk.write(input);
  talk.endInput();
  return talk.ended;
}

describeBoth("a spawned program", (provider) => {
  const place = worktree();
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await (await provider()).open(specFor(place.root, { env: { GREETING: "hej" } }));
  });
  afterAll(async () => {
    await sandbox?.close();
    place[Symbol.dispose]();
  });

  test("runs in the root with its own and the sandbox's environment, found on the PATH", async () => {
    const talk = begin(sandbox, ["sh", "-c", 'pwd; echo "$GREETING $MORE $1"', "sh", "a b"], {
      MORE: "more",
    });
    expect(await talk.ended).toEqual({ type: "exited", exitCode: 0 });
    expect(talk.stdout()).toBe(`${place.root}\nhej more a b\n`);
  });

  test("is talked to while it runs", async () => {
    const talk = begin(sandbox, shell('while read -r line; do echo "<$line>"; done; echo end >&2; exit 4'));
    talk.write("one\n");
    expect(await eventually(() => talk.stdout() === "<one>\n")).toBe(true);
    talk.write("tw");
    talk.write("o\n");
    expect(await eventually(() => talk.stdout() === "<one>\n<two>\n")).toBe(true);
    talk.endInput();
    talk.write("dropped\n");
    expect(await talk.ended).toEqual({ type: "exited", exitCode: 4 });
    expect(talk.stdout()).toBe("<one>\n<two>\n");
    expect(talk.stderr()).toBe("end\n");
    talk.write("too late");
    talk.endInput();
    await talk.stop();
  });

  test("has real pipes, which can be opened by name", async () => {
    const talk = begin(sandbox, shell("cat /dev/stdin > /dev/stderr; echo out > /dev/stdout"));
    expect(await finish(talk, "in")).toEqual({ type: "exited", exitCode: 0 });
    expect([talk.stdout(), talk.stderr()]).toEqual(["out\n", "in"]);
  });

  test("agents need a terminal multiplexer: none; each is a plain child process without a terminal", async () => {
    const talk = begin(
      sandbox,
      shell("for fd in 0 1 2; do test -t $fd && echo $fd; done; (: < /dev/tty) && echo tty"),
    );
    expect(await finish(talk)).toMatchObject({ type: "exited" });
    expect(talk.stdout()).toBe("");
  });

  test("gets characters whole, whatever the pieces, and has invalid bytes replaced", async () => {
    const script =
      "printf 'a\\303'; sleep 0.2; printf '\\251\\360\\237'; sleep 0.2; printf '\\230\\200\\377b'";
    const talk = begin(sandbox, shell(script));
    await talk.ended;
    expect(talk.stdout()).toBe("aé😀\ufffdb");
  });

  test("a prompt was typed into a terminal and never sent: one of 5 MB in characters of four bytes arrives whole", async () => {
    const text = `x${"😀é".repeat(850_000)}\n`;
    const talk = begin(sandbox, ["cat"]);
    expect(await finish(talk, text)).toEqual({ type: "exited", exitCode: 0 });
    expect(talk.stdout() === text).toBe(true);
  });

  test("need not read its stdin, nor keep it open", async () => {
    const text = "x".repeat(5_000_000);
    expect(await finish(begin(sandbox, ["true"]), text)).toEqual({ type: "exited", exitCode: 0 });
    const talk = begin(sandbox, shell("exec <&-; sleep 0.3; echo still here"));
    expect(await finish(talk, text)).toEqual({ type: "exited", exitCode: 0 });
    expect(talk.stdout()).toBe("still here\n");
  });

  test("says why it could not be started", async () => {
    const ended = (words: string[]): Promise<SpawnEnding> => begin(sandbox, words).ended;
    const because = (text: string): unknown => ({ type: "failed", reason: expect.stringContaining(text) });
    const env = { PATH: "/usr/bin:/bin" };
    expect(await begin(sandbox, ["no-such-program"], env).ended).toEqual(because("ENOENT"));
    await sandbox.writeFile("not-executable", "#!/bin/sh\n");
    expect(await ended([`${place.root}/not-executable`])).toEqual(because("EACCES"));
    expect(await ended(["echo", "x".repeat(200_000)])).toEqual(because("E2BIG"));
    expect(await ended(["echo", "\0"])).toEqual(because("null bytes"));
  });

  test("tells the signal that ended it", async () => {
    expect(await begin(sandbox, shell("kill -SEGV $$")).ended).toEqual({ type: "killed", signal: "SIGSEGV" });
  });

  test("is stopped with its whole group, gently where it listens", async () => {
    const gentle = begin(
      sandbox,
      shell('trap "echo bye; exit 5" TERM; echo up; while :; do sleep 0.05; done'),
    );
    await eventually(() => gentle.stdout() === "up\n");
    await gentle.stop();
    expect(await gentle.ended).toEqual({ type: "exited", exitCode: 5 });
    expect(gentle.stdout()).toBe("up\nbye\n");

    const script = "trap '' TERM; (trap '' TERM; sleep 81.5) & echo up; while :; do sleep 81.5; done";
    const stubborn = begin(sandbox, shell(script));
    await eventually(() => stubborn.stdout() === "up\n");
    const started = performance.now();
    await stubborn.stop();
    expect(await stubborn.ended).toEqual({ type: "killed", signal: "SIGKILL" });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(await eventually(() => processesWith("81.5").length === 0)).toBe(true);
  });

  test("can be stopped before it has begun", async () => {
    const talk = begin(sandbox, ["sleep", "82.5"]);
    await talk.stop();
    expect(await talk.ended).toEqual({ type: "killed", signal: "SIGTERM" });
  });

  test("ends although a child holds its pipes, which ends with it", async () => {
    const started = performance.now();
    const quiet = begin(sandbox, shell("(trap '' TERM; sleep 83.5) & echo done"));
    expect(await quiet.ended).toEqual({ type: "exited", exitCode: 0 });
    const chatty = begin(sandbox, shell("(trap '' TERM; exec yes 83.5) & sleep 0.1; echo done >&2"));
    expect(await chatty.ended).toEqual({ type: "exited", exitCode: 0 });
    expect(performance.now() - started).toBeLessThan(4_000);
    expect([quiet.stdout(), chatty.stderr()]).toEqual(["done\n", "done\n"]);
    expect(await eventually(() => processesWith("83.5").length === 0)).toBe(true);
  });

  test("may print 500 MB in bounded memory, also for a reader that is slow", async () => {
    const helperPeakMb = async (): Promise<number> =>
      Number(await outputOf(sandbox, "grep VmHWM /proc/$PPID/status | tr -dc 0-9")) / 1024;
    const before = process.memoryUsage.rss();
    let [bytes, peak] = [0, before];
    const flood = sandbox.spawn({
      file: "sh",
      args: ["-c", "yes 'some words' | head -c 500000000"],
      env: {},
      onStdout: (text) => {
        bytes += text.length;
        peak = Math.max(peak, process.memoryUsage.rss());
        // A reader that does something with it.
        if (bytes % 100 === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      },
      onStderr: () => {},
    });
    expect(await flood.ended).toEqual({ type: "exited", exitCode: 0 });
    expect(bytes).toBe(500_000_000);
    expect((peak - before) / 2 ** 20).toBeLessThan(150);
    expect(await helperPeakMb()).toBeLessThan(220);
  });

  test("fills no memory of the helper with what it does not read, and holds up nobody", async () => {
    const rssMb = async (): Promise<number> =>
      Number(await outputOf(sandbox, "grep VmRSS /proc/$PPID/status | tr -dc 0-9")) / 1024;
    const before = await rssMb();
    const deaf = begin(sandbox, ["sleep", "84.5"]);
    deaf.write("x".repeat(100_000_000));
    expect(await outputOf(sandbox, "echo here")).toBe("here");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await rssMb()) - before).toBeLessThan(40);
    await deaf.stop();
  });

  test("may be one of thirty at once", async () => {
    const talks = Array.from({ length: 30 }, (_, i) => begin(sandbox, shell(`read -r x; echo "${i} $x"`)));
    const ends = await Promise.all(talks.map((talk, i) => finish(talk, `line ${i}\n`)));
    expect(ends.every((end) => end.type === "exited" && end.exitCode === 0)).toBe(true);
    expect(talks.map((talk) => talk.stdout())).toEqual(talks.map((_, i) => `${i} line ${i}\n`));
  });

  test("leaves no descriptor and no process behind", async () => {
    const openFiles = async (): Promise<number> =>
      Number(await outputOf(sandbox, "ls /proc/$PPID/fd | wc -l"));
    const before = await openFiles();
    for (let i = 0; i < 10; i += 1) await finish(begin(sandbox, shell("cat; sleep 85.5 &")), "x");
    expect(await eventually(() => processesWith("85.5").length === 0)).toBe(true);
    await expect.poll(openFiles, { timeout: 5_000 }).toBeLessThanOrEqual(before + 1);
  });
});

describeBoth("the sandbox of a spawned program", (provider) => {
  test("takes it along when it is closed", async () => {
    using place = worktree();
    const sandbox = await (await provider()).open(specFor(place.root));
    const talk = begin(sandbox, ["sleep", "86.5"]);
    const rejected = expect(talk.ended).rejects.toMatchObject({ code: "SANDBOX_CLOSED" });
    await eventually(() => processesWith("86.5").length === 1);
    await sandbox.close();
    await rejected;
    await talk.stop();
    expect(await eventually(() => processesWith("86.5").length === 0)).toBe(true);
    await expect(begin(sandbox, ["true"]).ended).rejects.toMatchObject({ code: "SANDBOX_CLOSED" });
  });

  test("says so when it dies, and needs no listener for that", async () => {
    using place = worktree();
    await using sandbox = await (await provider()).open(specFor(place.root));
    const talk = begin(sandbox, shell("kill -9 $PPID; sleep 5"));
    await expect(run(sandbox, "sleep 5")).rejects.toMatchObject({ code: "SANDBOX_LOST" });
    await talk.stop();
    await expect(talk.ended).rejects.toMatchObject({ code: "SANDBOX_LOST" });
  });
});

describeBoth("HOME", (provider, isWalled) => {
  test("is a folder that outlives the sandbox", async () => {
    using place = worktree();
    const spec = specFor(place.root, { home: place.outside, env: { HOME: "/elsewhere" } });
    for (const expected of ["", "kept"]) {
      await using sandbox = await (await provider()).open(spec);
      expect(sandbox.home).toBe(isWalled ? "/home/agent" : place.outside);
      expect(await outputOf(sandbox, "echo $HOME")).toBe(sandbox.home);
      expect(await outputOf(sandbox, "cat ~/deep/file 2>/dev/null")).toBe(expected);
      await sandbox.writeFile(`${sandbox.home}/deep/file`, "kept");
      expect(await run(sandbox, "touch ~/by-command")).toMatchObject({ exitCode: 0 });
    }
    expect(readFileSync(`${place.outside}/deep/file`, "utf8")).toBe("kept");
  });

  test("is said where the spec names none", async () => {
    using place = worktree();
    await using sandbox = await (await provider()).open(specFor(place.root));
    expect(await outputOf(sandbox, "echo $HOME")).toBe(sandbox.home);
  });
});
