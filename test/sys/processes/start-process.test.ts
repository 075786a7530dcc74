import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { startChild } from "../../../src/sys/processes/child.ts";
import type { Ending, Program } from "../../../src/sys/processes/orders.ts";
import { startProcess, startsElsewhere } from "../../../src/sys/processes/start-process.ts";
import type { Started } from "../../../src/sys/processes/started.ts";
import { readProc } from "../../support/processes.ts";
import { startElsewhere } from "../../support/start-elsewhere.ts";
import { temporaryFolder } from "../../sandbox/support.ts";

type Talk = {
  started: Started;
  began: Promise<number>;
  ended: Promise<Ending>;
  said: { out: string; err: string };
};

function talk(start: typeof startProcess, program: Partial<Program> & Pick<Program, "args">): Talk {
  const began = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<Ending>();
  const said = { out: "", err: "" };
  const started = start(
    { file: "/bin/sh", cwd: "/", env: {}, stdio: ["nothing", "pipe", "pipe"], ...program },
    {
      onBegan: began.resolve,
      onOutput: (fd, bytes) => void (said[fd === 1 ? "out" : "err"] += bytes.toString()),
      onEnded: ended.resolve,
    },
  );
  return { started, began: began.promise, ended: ended.promise, said };
}

function parentOf(pid: number): number {
  return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}

beforeAll(startElsewhere);

describe.each([
  ["from this process", startChild],
  ["from a small one", startProcess],
])("a program that is started %s", (how, start) => {
  const isHere = start === startChild;

  test("has what it was given, tells what it says and how it ends", async () => {
    const { said, began, ended } = talk(start, {
      args: ["-c", 'pwd; echo "$A"; echo err >&2; ps -o pgid= -p $$; echo $$; exit 3'],
      cwd: "/usr",
      env: { A: "ä b", PATH: "/usr/bin:/bin" },
    });
    expect(await ended).toEqual({ type: "exited", exitCode: 3 });
    const pid = await began;
    expect(said.out.split(/\s+/)).toEqual(["/usr", "ä", "b", String(pid), String(pid), ""]);
    expect(said.err).toBe("err\n");
  });

  test("reads what it is fed, every byte of it", async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
    const { said, started, ended } = talk(start, {
      args: ["-c", "cat >&4; md5sum <&3 | cut -c1-32"],
      env: { PATH: "/usr/bin:/bin" },
      stdio: ["pipe", "pipe", "pipe", "pipe", "nothing"],
    });
    started.feed(0, "x");
    started.feed(3, bytes);
    await ended;
    const { createHash } = await import("node:crypto");
    expect(said.out.trim()).toBe(createHash("md5").update(bytes).digest("hex"));
  });

  test("writes to a descriptor of this process, which stays open here", async () => {
    using folder = temporaryFolder();
    const fd = openSync(join(folder.path, "out"), "w");
    const { began, ended } = talk(start, {
      args: ["-c", "sleep 0.1; echo late"],
      stdio: ["nothing", fd, fd],
    });
    await began;
    closeSync(fd);
    await ended;
    expect(readFileSync(join(folder.path, "out"), "utf8")).toBe("late\n");
  });

  test("reads from a descriptor of this process, whichever number it has there", async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "in");
    writeFileSync(path, "in\n");
    const fd = openSync(path, "r");
    const { ended, said } = talk(start, {
      args: ["-c", "read -r line <&3; echo $line"],
      stdio: ["nothing", "pipe", "pipe", fd],
    });
    await ended;
    closeSync(fd);
    expect([said.out, readFileSync(path, "utf8")]).toEqual(["in\n", "in\n"]);
  });

  test("is ended by a signal, alone or with its group", async () => {
    const alone = talk(start, { file: "/bin/sleep", args: ["60"] });
    alone.started.kill("SIGTERM", false);
    expect(await alone.ended).toEqual({ type: "signaled", signal: "SIGTERM" });
    alone.started.kill("SIGTERM", false);
    // The pipes are held by what it has started.
    const group = talk(start, {
      args: ["-c", "sleep 61 & echo begun; exit"],
      env: { PATH: "/usr/bin:/bin" },
    });
    await expect.poll(() => group.said.out).toBe("begun\n");
    group.started.kill("SIGKILL", true);
    expect(await group.ended).toEqual({ type: "exited", exitCode: 0 });
  });

  test.each([
    ["there is no such program", { file: "/no/such", args: [] }, "ENOENT"],
    ["there is no such folder", { args: ["-c", "true"], cwd: "/no/such" }, "ENOENT"],
    ["a word is too long", { args: ["-c", "x".repeat(200_000)] }, "E2BIG"],
  ])("says why it could not be started: %s", async (_, program, code) => {
    const { ended, started } = talk(start, program);
    expect(await ended).toMatchObject({ type: "failed", code });
    started.feed(0, "x");
    started.kill("SIGKILL", true);
  });

  test(isHere ? "is a child of this process" : "is none of its children", async () => {
    const { began, started } = talk(start, { args: ["-c", "sleep 62"] });
    expect(parentOf(await began) === process.pid, how).toBe(isHere);
    started.kill("SIGKILL", true);
  });
});

test("an order that is read when its dispatcher is gone starts nothing", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "made");
  const program = join(import.meta.dirname, "stopped-starter.ts");
  const dispatcher = spawn(process.execPath, [program, file], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = (await once(dispatcher.stdout, "data")) as [Buffer];
  const starter = Number(said);
  dispatcher.kill("SIGKILL");
  await once(dispatcher, "exit");
  process.kill(starter, "SIGCONT");
  await expect.poll(() => readProc(`/proc/${starter}/cmdline`)).toBe("");
  expect(existsSync(file)).toBe(false);
});

test("whoever ends the small process has what it started ended, and others started from here", async () => {
  const talked = talk(startProcess, { args: ["-c", "sleep 0.7"] });
  const pid = await talked.began;
  process.kill(parentOf(pid), "SIGKILL");
  expect(await talked.ended).toMatchObject({ type: "signaled" });
  expect(readProc(`/proc/${pid}/cmdline`)).toBe("");
  expect(startsElsewhere()).toBe(false);
  const next = talk(startProcess, { args: ["-c", "echo here"] });
  expect(parentOf(await next.began)).toBe(process.pid);
  expect(await next.ended).toEqual({ type: "exited", exitCode: 0 });
});
