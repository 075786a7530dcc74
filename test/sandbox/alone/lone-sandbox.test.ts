import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { noSandboxLimits } from "../../../src/core/run-settings.ts";
import { ReadyPipes } from "../../../src/sandbox/ready-pipes.ts";
import { loneSandbox } from "../../../src/sandbox/alone/lone-sandbox.ts";
import { startAlone } from "../../../src/sandbox/alone/start-alone.ts";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import { unwalledFiles } from "../../../src/sandbox/from-outside/outside-files.ts";
import { graceMs } from "../../../src/sandbox/inside/protocol.ts";
import { noBounds } from "../../../src/sandbox/limits/bounds.ts";
import type { Sandbox, SandboxSpec, SpawnEnding, Spawned } from "../../../src/sandbox/sandbox.ts";
import { serveAt } from "../door-support.ts";
import {
  describeSandboxed,
  eventually,
  openAt,
  outputOf,
  processesWith,
  specFor,
  temporaryFolder,
} from "../support.ts";

type Place = { root: string; home: string; scratch: string; door: string } & Disposable;

function makePlace(): Place {
  const folder = temporaryFolder();
  const at = (name: string): string => {
    mkdirSync(join(folder.path, name));
    return join(folder.path, name);
  };
  const [root, home, scratch, door] = [at("root"), at("home"), at("scratch"), at("door")];
  return { root, home, scratch, door, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

function open({ root, home, scratch, door }: Place, more: Partial<SandboxSpec> = {}): Promise<Sandbox> {
  return openAt(root, { home, scratch, door, mostly: "programs", ...more });
}

type Talk = Spawned & { said: { out: string; err: string } };

function begin(sandbox: Sandbox, script: string, env: Record<string, string> = {}): Talk {
  const said = { out: "", err: "" };
  const spawned = sandbox.spawn({
    file: "/bin/sh",
    args: ["-c", script],
    env,
    onStdout: (text) => void (said.out += text),
    onStderr: (text) => void (said.err += text),
  });
  return { ...spawned, said };
}

/** Sandboxes that run below this process. */
function sandboxesOfThis(): number {
  return processesWith("/usr/bin/bwrap").filter((pid) => {
    const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(parent) === process.pid;
  }).length;
}

async function say(sandbox: Sandbox, script: string, env = {}): Promise<Talk["said"] & { end: SpawnEnding }> {
  const talk = begin(sandbox, script, env);
  return { end: await talk.ended, ...talk.said };
}

describeSandboxed("a sandbox for programs", () => {
  test("starts each alone, as process 2 of its own, with its environment and both streams apart", async () => {
    using place = makePlace();
    await using sandbox = await open(place, { env: { GREETING: "hej" } });
    const script =
      "set -- /proc/[0-9]*; echo $#; pwd; echo $GREETING $MORE >&2; echo é > /dev/stdout; cat; exit 4";
    expect(await say(sandbox, script, { MORE: "more" })).toEqual({
      end: { type: "exited", exitCode: 4 },
      // bubblewrap's own, and the shell.
      out: `2\n${place.root}\né\n`,
      err: "hej more\n",
    });
    expect((await say(sandbox, "set -- /proc/[0-9]*; echo $#")).out).toBe("2\n");
  });

  test("says that a program is not there, or too long to be started", async () => {
    using place = makePlace();
    await using sandbox = await open(place);
    const nothing = { env: {}, onStdout: () => {}, onStderr: () => {} };
    expect(await sandbox.spawn({ file: "no-such", args: [], ...nothing }).ended).toMatchObject({
      exitCode: 127,
    });
    const long = sandbox.spawn({ file: "echo", args: ["x".repeat(200_000)], ...nothing });
    expect(await long.ended).toMatchObject({ type: "failed", reason: expect.stringContaining("E2BIG") });
  });

  test("is handed files in HOME and scratch, and nothing through a link out of them", async () => {
    using place = makePlace();
    mkdirSync(join(place.home, "kept"));
    symlinkSync(place.root, join(place.home, "out"));
    await using sandbox = await open(place);
    await sandbox.writeFile(join(sandbox.home, "kept/prompt"), "Mend it.");
    await sandbox.writeFile(join(place.scratch, "ipc/README"), "Ask.");
    expect(sandboxesOfThis()).toBe(0);
    expect(
      (await say(sandbox, `cat ~/kept/prompt ${place.scratch}/ipc/README; echo new > ~/later`)).out,
    ).toBe("Mend it.Ask.");
    // The link leads to the sandbox's own HOME or nowhere; from outside it would be the worktree.
    await sandbox.writeFile(join(sandbox.home, "later"), "once more\n");
    expect(await outputOf(sandbox, "cat ~/later")).toBe("once more");
    expect((await sandbox.readFile(join(place.scratch, "ipc/README"))).text).toBe("Ask.");
  });

  test("hands nothing through a link that a worker has left", async () => {
    using place = makePlace();
    using outside = temporaryFolder();
    symlinkSync(outside.path, join(place.home, "kept"));
    await using sandbox = await open(place);
    await expect(sandbox.writeFile(join(sandbox.home, "kept/prompt"), "Mend it.")).rejects.toThrow();
    expect(existsSync(join(outside.path, "prompt"))).toBe(false);
  });

  test("says what a worker has left in the way of a file", async () => {
    using place = makePlace();
    mkdirSync(join(place.home, "prompt"));
    writeFileSync(join(place.home, "file"), "");
    await using sandbox = await open(place);
    const writing = sandbox.writeFile(join(sandbox.home, "prompt"), "Mend it.");
    await expect(writing).rejects.toMatchObject({ name: "SandboxFileError", code: "EISDIR" });
    expect(readdirSync(place.home)).toEqual(["file", "prompt"]);
  });

  test("hands in from outside also when a command has run, and inside what that has made a link", async () => {
    using place = makePlace();
    await using sandbox = await open(place);
    await sandbox.exec({ command: "mkdir ~/kept; ln -s kept ~/alias", timeoutMs: 9_000 });
    await sandbox.writeFile(join(sandbox.home, "kept/prompt"), "Mend it.");
    expect([readdirSync(join(place.home, "kept")), sandboxesOfThis()]).toEqual([["prompt"], 0]);
    await sandbox.writeFile(join(sandbox.home, "alias/more"), "And test it.");
    expect([readdirSync(join(place.home, "kept")), sandboxesOfThis()]).toEqual([["more", "prompt"], 1]);
  });

  test("begins nothing after its end, and gives back what was to hold a program that never began", async () => {
    using place = makePlace();
    const sandbox = await open(place);
    await sandbox.close();
    const isClosed = { code: "SANDBOX_CLOSED" };
    await expect(sandbox.list(place.scratch, { depth: 1, limit: 9 })).rejects.toMatchObject(isClosed);
    await expect(sandbox.writeFile(join(sandbox.home, "late"), "")).rejects.toMatchObject(isClosed);
    await expect(sandbox.exec({ command: "true", timeoutMs: 9_000 })).rejects.toMatchObject(isClosed);
    expect(() => begin(sandbox, "true")).toThrow("the sandbox was closed");
    expect(sandboxesOfThis()).toBe(0);
    const release = vi.fn(async () => {});
    const start = {
      file: "false",
      args: [],
      env: {},
      isWalled: true,
      inputs: [],
      root: place.root,
      disk: null,
    };
    const starting = Promise.resolve({ ...start, bounds: { ...noBounds, release }, pipes: new ReadyPipes() });
    const early = startAlone(starting, { onStdout: () => {}, onStderr: () => {} });
    await early.close();
    await early.close();
    expect(release).toHaveBeenCalledOnce();
  });

  test("has the program agentx, which reaches the door by its socket", async () => {
    using place = makePlace();
    await using sandbox = await open(place);
    await using _ = await serveAt(place.door, (request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ answer: `${request.method} ${request.url}`, notes: ["Use tabs."] }));
    });
    expect(await sandbox.openDoor()).toBe("http://unix:/run/agentx/door/s:");
    expect(
      await say(sandbox, "NODE_OPTIONS=--none agentx ask Which?; agentx notes; env | grep -c ^NODE_"),
    ).toMatchObject({
      out: "POST /agentx/ask\nUse tabs.\n0\n",
      err: "",
    });
    await using without = await openAt(place.root, { mostly: "programs" });
    await expect(without.openDoor()).rejects.toMatchObject({ code: "SANDBOX_DOOR" });
    expect((await say(without, "ls /run; command -v agentx")).out).toBe("");
  });

  test("ends a program that is stopped, and all that it started", async () => {
    using place = makePlace();
    await using sandbox = await open(place);
    const talk = begin(sandbox, "trap 'echo bye; exit' TERM; setsid sleep 84.5 & sleep 84.5 & wait");
    expect(await eventually(() => processesWith("84.5").length === 2)).toBe(true);
    expect(sandboxesOfThis()).toBe(1);
    await talk.stop();
    expect(await talk.ended).toEqual({ type: "killed", signal: "SIGTERM" });
    expect([talk.said.out, processesWith("84.5")]).toEqual(["bye\n", []]);
    const early = begin(sandbox, "trap '' TERM; touch early");
    await early.stop();
    expect([existsSync(join(place.root, "early")), await early.ended]).toEqual([
      false,
      { type: "killed", signal: "SIGTERM" },
    ]);
  });

  test("ends everything when it is closed, also what has not begun", async () => {
    using place = makePlace();
    const sandbox = await open(place);
    const talk = begin(sandbox, "trap '' TERM; setsid sleep 85.5 & sleep 85.5");
    expect(await eventually(() => processesWith("85.5").length === 2)).toBe(true);
    const early = begin(sandbox, "touch early");
    const grace = new Promise((resolve) => setTimeout(resolve, graceMs, "grace"));
    expect(await Promise.race([sandbox.close(), grace])).toBeUndefined();
    await expect(talk.ended).rejects.toMatchObject({ code: "SANDBOX_CLOSED" });
    await expect(early.ended).rejects.toMatchObject({ code: "SANDBOX_CLOSED" });
    expect([existsSync(join(place.root, "early")), processesWith("85.5")]).toEqual([false, []]);
  });

  test("ends with this process, even by kill -9", async () => {
    using place = makePlace();
    const program = join(import.meta.dirname, "hold-program.ts");
    // The way that needs more: a process between them.
    const elsewhere = join(import.meta.dirname, "../../support/start-elsewhere.ts");
    const holder = spawn(
      process.execPath,
      ["--import", elsewhere, program, place.root, "setsid sleep 86.5 & sleep 86.5"],
      {
        stdio: "inherit",
      },
    );
    expect(await eventually(() => processesWith("86.5").length === 2, 10_000)).toBe(true);
    holder.kill("SIGKILL");
    expect(await eventually(() => processesWith("86.5").length === 0, 1_000)).toBe(true);
  });

  test("holds a program to its limits, and a reader to reading", async () => {
    using place = makePlace();
    const provider = await findSandbox({
      env: process.env,
      unsafeNoSandbox: false,
      limits: { ...noSandboxLimits, file: 2 ** 20 },
    });
    await using sandbox = await provider.open(specFor(place.root, { mostly: "programs" }));
    await say(sandbox, "head -c 3000000 /dev/zero > big");
    expect(readFileSync(join(place.root, "big")).length).toBeLessThanOrEqual(2 ** 20);
    await using reader = await openAt(place.root, { mostly: "programs", writable: false });
    expect((await say(reader, "echo x > big")).err).toContain("Read-only");
  });

  test("asks for a helper again where none could be opened", async () => {
    using place = makePlace();
    let isFirst = true;
    await using sandbox = loneSandbox({
      spec: specFor(place.root),
      outside: unwalledFiles(place),
      home: place.home,
      open: async () => {
        if (!isFirst) return openAt(place.root);
        isFirst = false;
        throw new Error("not now");
      },
      run: () => Promise.reject(new Error("nothing is run")),
      start: () => {
        throw new Error("nothing is started");
      },
      door: null,
    });
    writeFileSync(join(place.root, "here"), "x");
    const options = { path: ".", glob: null, limit: 9 };
    await expect(sandbox.search("x", options)).rejects.toThrow("not now");
    expect(JSON.stringify(await sandbox.search("x", options))).toContain("here");
  });

  test("has a helper after all where the way to a network needs one", async () => {
    using place = makePlace();
    const { egressFor } = await import("../egress/support.ts");
    await using sandbox = await open(place, { network: egressFor([]) });
    expect(await sandbox.openDoor()).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
});
