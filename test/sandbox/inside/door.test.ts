import { existsSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { createServer as createPlainServer } from "node:net";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { openDoored, serveAt } from "../door-support.ts";
import {
  describeBoth,
  describeSandboxed,
  eventually,
  open,
  outputOf,
  processesWith,
  run,
  specFor,
  temporaryFolder,
  walled,
  worktree,
} from "../support.ts";

describeBoth("the door", (provider, isWalled) => {
  test("lets curl and node reach a server on the host's socket, without a network", async () => {
    await using place = await openDoored(await provider());
    await using _ = await serveAt(place.door, (request, response) => {
      response.end(`${request.method} ${request.url}`);
    });
    const url = await place.sandbox.openDoor();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await place.sandbox.openDoor()).toBe(url);
    expect(await outputOf(place.sandbox, "curl -s $AGENTX_DOOR/a?b=c")).toBe("GET /a?b=c");
    const script =
      "fetch(process.env.AGENTX_DOOR + '/x', {method: 'PUT'}).then(r => r.text()).then(console.log)";
    let said = "";
    const spawned = place.sandbox.spawn({
      file: "node",
      args: ["-e", script],
      env: {},
      onStdout: (text) => void (said += text),
      onStderr: (text) => void (said += text),
    });
    expect(await spawned.ended).toEqual({ type: "exited", exitCode: 0 });
    expect(said).toBe("PUT /x\n");
  });

  test("opens when somebody listens, however late, and again after he was gone", async () => {
    await using place = await openDoored(await provider());
    const knock = (): Promise<string> => outputOf(place.sandbox, "curl -s $AGENTX_DOOR || echo nobody");
    expect(await knock()).toBe("nobody");
    for (const name of ["first", "second"]) {
      await using _ = await serveAt(place.door, (__, response) => response.end(name));
      expect(await knock()).toBe(name);
    }
    expect(await knock()).toBe("nobody");
  });

  test("hands on what is streamed before the next piece is there", async () => {
    await using place = await openDoored(await provider());
    const taken = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    await using _ = await serveAt(place.door, async (request, response) => {
      if (request.url !== "/") {
        taken[Number(request.url?.slice(1))]?.resolve();
        return void response.end();
      }
      for (const [at, { promise }] of taken.entries()) {
        response.write(`${at}`);
        await promise;
      }
      response.end();
    });
    const script = `const url = process.env.AGENTX_DOOR;
    fetch(url).then(async (r) => {
      for await (const chunk of r.body) await fetch(url + "/" + Buffer.from(chunk)), console.log("" + Buffer.from(chunk));
    })`;
    expect(await outputOf(place.sandbox, `node -e '${script}'`)).toBe("0\n1\n2\n3\n4");
  });

  test("takes 50 connections at once, each with its own answer", async () => {
    await using place = await openDoored(await provider());
    let [now, most] = [0, 0];
    await using _ = await serveAt(place.door, (request, response) => {
      most = Math.max(most, (now += 1));
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        setTimeout(() => {
          now -= 1;
          response.end(Buffer.concat(chunks));
        }, 500);
      });
    });
    const script = `Promise.all(Array.from({ length: 50 }, async (_, i) => {
      const body = String(i).repeat(100_000);
      const r = await fetch(process.env.AGENTX_DOOR, { method: "POST", body });
      return (await r.text()) === body;
    })).then((all) => console.log(all.length, all.every(Boolean)))`;
    expect(await outputOf(place.sandbox, `node -e '${script}'`)).toBe("50 true");
    expect(most).toBe(50);
  });

  test("hands on 100 MB each way, whole and in bounded memory", async () => {
    await using place = await openDoored(await provider());
    const sums: string[] = [];
    const block = Buffer.alloc(1_000_000, "0123456789");
    await using _ = await serveAt(place.door, (request, response) => {
      const hash = createHash("sha256");
      request.on("data", (chunk: Buffer) => void hash.update(chunk));
      request.on("end", () => void sums.push(hash.digest("hex")));
      const send = (left: number): void => {
        if (left === 0) return void response.end();
        if (response.write(block)) send(left - 1);
        else response.once("drain", () => send(left - 1));
      };
      if (request.method === "GET") send(100);
      else request.on("end", () => response.end());
    });
    const expected = createHash("sha256");
    for (let i = 0; i < 100; i += 1) expected.update(block);
    const sum = expected.digest("hex");
    // A reader that begins late: what it does not take must wait on the host's side.
    const late = "curl -sN $AGENTX_DOOR | (sleep 1; sha256sum)";
    expect(await outputOf(place.sandbox, late)).toContain(sum);
    await run(place.sandbox, `yes 0123456789 | tr -d '\\n' | head -c 100000000 > ${place.root}/big`);
    expect(await run(place.sandbox, "curl -sf -T big $AGENTX_DOOR/up")).toMatchObject({ exitCode: 0 });
    expect(sums).toContain(sum);
    const peak = await outputOf(place.sandbox, "grep VmHWM /proc/$PPID/status | tr -dc 0-9");
    expect(Number(peak) / 1024).toBeLessThan(200);
  });

  test("hands on the end of one direction while the other goes on", async () => {
    await using place = await openDoored(await provider());
    const server = createPlainServer({ allowHalfOpen: true }, (socket) => {
      let got = "";
      socket.on("data", (chunk: Buffer) => (got += chunk.toString()));
      socket.on("end", () => setTimeout(() => socket.end(`got ${got} and its end`), 100));
    });
    await new Promise<void>((resolve) => server.listen(join(place.door, "s"), resolve));
    const script = `const s = require("net").connect({ port: new URL(process.env.AGENTX_DOOR).port, allowHalfOpen: true });
      s.end("question"); s.on("data", (d) => console.log(String(d)));`;
    expect(await outputOf(place.sandbox, `node -e '${script}'`)).toBe("got question and its end");
    server.close();
  });

  test("tells each side that the other is gone, and only that one", async () => {
    await using place = await openDoored(await provider());
    let begun = 0;
    let gone = 0;
    await using _ = await serveAt(place.door, (request, response) => {
      if (request.url === "/break") request.socket.destroy();
      else if (request.url === "/wait") {
        begun += 1;
        response.writeHead(200).write("begun");
        response.on("close", () => (gone += 1));
      } else response.end("fine");
    });
    const waiting = place.sandbox.spawn({
      file: "sh",
      args: ["-c", "exec curl -sN $AGENTX_DOOR/wait"],
      env: {},
      onStdout: () => {},
      onStderr: () => {},
    });
    expect(await run(place.sandbox, "curl -s $AGENTX_DOOR/break")).not.toMatchObject({ exitCode: 0 });
    expect(await outputOf(place.sandbox, "curl -s $AGENTX_DOOR/")).toBe("fine");
    expect(await eventually(() => begun === 1)).toBe(true);
    expect(gone).toBe(0);
    await waiting.stop();
    expect(await eventually(() => gone === 1)).toBe(true);
    expect(await outputOf(place.sandbox, "curl -s $AGENTX_DOOR/")).toBe("fine");
  });

  test("may lie in a folder with a long name", async () => {
    using folder = temporaryFolder();
    const door = join(folder.path, "d".repeat(100));
    mkdirSync(door);
    await using place = await openDoored(await provider(), { door });
    // Listened at by its short name: from the folder itself.
    const before = process.cwd();
    process.chdir(door);
    const server = createPlainServer((socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nfar"));
    await new Promise<void>((resolve) => server.listen("s", resolve));
    process.chdir(before);
    expect(await outputOf(place.sandbox, "curl -s $AGENTX_DOOR")).toBe("far");
    server.close();
  });

  test("is refused where the spec has none, and where it is not a folder of its own", async () => {
    using place = worktree();
    await using sandbox = await (await provider()).open(specFor(place.root));
    await expect(sandbox.openDoor()).rejects.toMatchObject({ code: "SANDBOX_DOOR" });
    expect(await outputOf(sandbox, "echo [$AGENTX_DOOR]")).toBe("[]");
    symlinkSync(place.outside, join(place.root, "planted"));
    mkdirSync(join(place.root, "own"));
    const bad = [
      { door: join(place.root, "planted") },
      { door: join(place.root, "own") },
      { door: join(place.outside, "missing") },
      { home: join(place.root, "planted") },
      { home: join(place.outside, "missing") },
    ];
    for (const more of bad) {
      const opening = provider().then((one) => one.open(specFor(place.root, more)));
      await expect(opening).rejects.toMatchObject({ code: "SANDBOX_PATH" });
    }
  });

  test("leaves nothing behind", async () => {
    const place = await openDoored(await provider());
    const program = await outputOf(place.sandbox, "command -v agentx");
    expect(existsSync(program)).toBe(!isWalled);
    await place[Symbol.asyncDispose]();
    expect(await eventually(() => !existsSync(dirname(program)))).toBe(true);
  });
});

describeSandboxed("the walls around a door and a HOME", () => {
  test("keep the door as it is", async () => {
    await using place = await openDoored(await walled());
    await using _ = await serveAt(place.door, (__, response) => response.end("mine"));
    const attempts = [
      "rm /run/agentx/door/s",
      "touch /run/agentx/door/x",
      "mv /run/agentx/door /tmp/door",
      "rm -rf /run/agentx/node",
    ];
    for (const attempt of attempts)
      expect(await run(place.sandbox, attempt)).not.toMatchObject({ exitCode: 0 });
    expect(readdirSync(place.door)).toEqual(["s"]);
    expect(await outputOf(place.sandbox, "curl -s $AGENTX_DOOR")).toBe("mine");
    // There is no other way out.
    expect(await run(place.sandbox, "test -e " + place.door)).not.toMatchObject({ exitCode: 0 });
    expect(
      await outputOf(place.sandbox, "ls /sys/class/net 2>/dev/null; cat /proc/net/dev | grep -c :"),
    ).toBe("1");
  });

  test("listen on the sandbox's own loopback, not on the host's", async () => {
    await using place = await openDoored(await walled());
    await using _ = await serveAt(place.door, (__, response) => response.end("mine"));
    const url = await place.sandbox.openDoor();
    await expect(fetch(url)).rejects.toThrow("fetch failed");
  });

  test("end a daemon that a spawned program leaves", async () => {
    await using place = await openDoored(await walled());
    const script = "setsid sh -c 'trap \"\" TERM HUP; (sleep 91.5) &' >/dev/null 2>&1 & sleep 0.3";
    const nothing = (): void => {};
    const spawned = place.sandbox.spawn({
      file: "sh",
      args: ["-c", script],
      env: {},
      onStdout: nothing,
      onStderr: nothing,
    });
    expect(await spawned.ended).toEqual({ type: "exited", exitCode: 0 });
    expect(processesWith("91.5")).toHaveLength(1);
    await place.sandbox.close();
    expect(await eventually(() => processesWith("91.5").length === 0, 1_000)).toBe(true);
  });

  test("refuse what a worker has planted in its HOME", async () => {
    using place = worktree();
    using elsewhere = temporaryFolder();
    symlinkSync(elsewhere.path, join(place.outside, "planted"));
    const spec = specFor(place.root, { home: place.outside, readOnly: [join(place.outside, "planted")] });
    await expect((await walled()).open(spec)).rejects.toMatchObject({ code: "SANDBOX_PATH" });
  });

  test("show no environment of a spawned program in an argument", async () => {
    await using place = await openDoored(await walled(), { env: { FROM_SPEC: "canary-spec" } });
    const script =
      "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -c 'canary-[s]p'; cat /proc/1/environ | wc -c";
    let said = "";
    const spawned = place.sandbox.spawn({
      file: "sh",
      args: ["-c", script],
      env: { FROM_SPAWN: "canary-spawn" },
      onStdout: (text) => void (said += text),
      onStderr: () => {},
    });
    await spawned.ended;
    expect(said).toBe("0\n0\n");
  });
});

test("without walls a door's address is one of the host", async () => {
  await using place = await openDoored(await open());
  await using _ = await serveAt(place.door, (__, response) => response.end("mine"));
  expect(await (await fetch(await place.sandbox.openDoor())).text()).toBe("mine");
});
