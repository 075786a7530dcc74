import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkSandbox } from "../../../src/engine/doctor/check-sandbox.ts";
import { noSandboxLimits } from "../../../src/core/run-settings.ts";
import { runBattery } from "../../../src/sandbox/battery/run-battery.ts";
import { findSandbox } from "../../../src/sandbox/find-sandbox.ts";
import type { SandboxProvider } from "../../../src/sandbox/sandbox.ts";
import { eventually, outputOf, processesWith, run, specFor, temporaryFolder, worktree } from "../support.ts";
import { aPodman, type APodman, describeContained } from "./a-podman.ts";

const limits = { ...noSandboxLimits, memory: 2 ** 30, processes: 80, file: 2 ** 20, openFiles: 128 };

describeContained("a container by podman", () => {
  let podman: APodman;
  let provider: SandboxProvider;
  const containers = (): string[] =>
    execFileSync("podman", ["ps", "--all", "--quiet"], { env: podman.env, encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "");
  const find = (): Promise<SandboxProvider> =>
    findSandbox({
      env: { ...podman.env, HTTPS_PROXY: "http://canary:canary@localhost" },
      unsafeNoSandbox: false,
      choice: { use: "podman", image: podman.image },
      limits,
    });
  beforeAll(async () => {
    podman = aPodman();
    provider = await find();
  });
  afterAll(() => podman[Symbol.dispose]());

  test("runs commands as an ordinary user, who writes the worktree as the person", async () => {
    using place = worktree();
    using home = temporaryFolder();
    using door = temporaryFolder();
    const server = createServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nbehind the door")).listen(
      join(door.path, "s"),
    );
    mkdirSync(join(place.outside, "sdk,1"));
    writeFileSync(join(place.outside, "sdk,1", "file"), "read me");
    writeFileSync(join(place.outside, "secret"), "canary");
    expect(provider).toMatchObject({ name: expect.stringMatching(/^podman \d/), isolates: true });
    const sandbox = await provider.open(
      specFor(place.root, {
        env: { GIVEN: "1" },
        readOnly: [join(place.outside, "sdk,1")],
        home: home.path,
        door: door.path,
      }),
    );
    expect(await outputOf(sandbox, "id -u; echo $GIVEN $HOME $HTTPS_PROXY")).toBe("1000\n1 /home/agent");
    expect(await outputOf(sandbox, "cat /proc/1/environ /proc/*/cmdline | tr '\\0' '\\n'")).not.toContain(
      "canary",
    );
    await sandbox.writeFile("a/b", "text");
    expect(await sandbox.readFile("a/b")).toMatchObject({ text: "text" });
    expect(await sandbox.search("te.t", { path: ".", glob: null, limit: 9 })).toMatchObject({
      matches: [{ path: "a/b", line: 1, text: "text" }],
    });
    await run(sandbox, "touch ~/kept; rm a/b");
    expect(readFileSync(join(home.path, "kept"), "utf8")).toBe("");
    expect(await outputOf(sandbox, `cat '${place.outside}/sdk,1/file'; ls ${place.outside}`)).toBe(
      "read mesdk,1",
    );
    for (const command of [
      `touch '${place.outside}/sdk,1/x'`,
      `cat ${place.outside}/secret`,
      "touch /usr/x",
      "echo x > /proc/sys/kernel/hostname",
    ])
      expect(await run(sandbox, command), command).not.toMatchObject({ exitCode: 0 });
    const address = await sandbox.openDoor();
    const fetched = `/run/agentx/node -e 'fetch("${address}").then((r) => r.text()).then(console.log)'`;
    expect(await outputOf(sandbox, fetched)).toBe("behind the door");
    server.close();
    await sandbox.close();
    expect(containers()).toEqual([]);
  });

  test("is what the doctor names where agentx.yaml asks for it", async () => {
    using place = worktree();
    execFileSync("git", ["init", "--quiet", place.root]);
    writeFileSync(join(place.root, "agentx.yaml"), `sandbox: {use: podman, image: "${podman.image}"}\n`);
    const rows = await checkSandbox(place.root, podman.env);
    expect(rows.map(({ name, health }) => `${name} ${health}`)).toEqual([
      "sandbox ok",
      "limits ok",
      "disk ok",
    ]);
    expect(rows[0]?.what).toMatch(
      /^podman \d\S+ \(\S+\), as sandbox\.use says, with the image localhost\/agentx-test:1 and agentx's Node$/,
    );
    writeFileSync(join(place.root, "agentx.yaml"), "sandbox: {use: podman, image: localhost/no-such:1}\n");
    expect(await checkSandbox(place.root, podman.env)).toEqual([
      expect.objectContaining({
        health: "fail",
        fix: expect.stringContaining("podman pull localhost/no-such:1"),
      }),
    ]);
  });

  test("holds its limits, and says so", async () => {
    using place = worktree();
    await using sandbox = await provider.open(specFor(place.root));
    const node = (script: string): string => `/run/agentx/node -e '${script}'`;
    const reasons: [command: string, limit: string][] = [
      [node("const all = []; for (;;) all.push(Buffer.alloc(2 ** 24, 1))"), "memory is 1g"],
      ["head -c 3000000 /dev/zero > large", "file is 1m"],
      [node('for (;;) fs.openSync("/dev/null")'), "openFiles is 128"],
      ["i=0; while [ $i -lt 100 ]; do sleep 2 & i=$((i+1)); done", "processes is 80"],
    ];
    for (const [command, limit] of reasons) {
      const result = await run(sandbox, command);
      expect(result, command).not.toMatchObject({ exitCode: 0 });
      expect(result.output, command).toContain(`sandbox.limits.${limit}`);
    }
    expect(await run(sandbox, "true")).toMatchObject({ exitCode: 0 });
  });

  test("lets nothing out that the battery tries", async () => {
    using folder = temporaryFolder();
    const results = await runBattery({ provider, folder: folder.path });
    const tried = results.filter(({ outcome }) => outcome.type !== "untried");
    process.stdout.write(
      `battery, podman: blocked ${tried.filter(({ outcome }) => outcome.type === "blocked").length} of ${tried.length} tried\n`,
    );
    expect(tried.filter(({ outcome }) => outcome.type !== "blocked")).toEqual([]);
    expect(tried.length).toBeGreaterThan(60);
  });

  test("ends with this process, even by kill -9; what was stopped from inside ends with the next agentx", async () => {
    using place = worktree();
    const program = join(import.meta.dirname, "hold-container.ts");
    const hold = async (command: string) => {
      const holder = spawn(process.execPath, [program, podman.image, place.root, command], {
        env: podman.env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      await Promise.race([
        once(holder.stdout, "data"),
        once(holder, "exit").then(() => Promise.reject(new Error("it ended before it said ready"))),
      ]);
      return holder;
    };
    const daemon = "setsid sleep 81.25 >/dev/null 2>&1 & sleep 0.2";
    const holders = await Promise.all([hold(daemon), hold(`${daemon}; (sleep 1; kill -STOP $PPID) & echo`)]);
    expect(await eventually(() => processesWith("81.25").length === 2)).toBe(true);
    expect(containers()).toHaveLength(2);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    for (const holder of holders) holder.kill("SIGKILL");
    expect(await eventually(() => containers().length === 1, 20_000)).toBe(true);
    await find();
    expect(containers()).toEqual([]);
    expect(await eventually(() => processesWith("81.25").length === 0)).toBe(true);
  });
});
