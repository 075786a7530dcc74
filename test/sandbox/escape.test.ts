import { spawn } from "node:child_process";
import { lstatSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { describeSandboxed, openAt, outputOf, run, worktree } from "./support.ts";

const canary = "canary-5c1f7e";

/** What is tried from outside, or changes with the spec; what runs inside and looks for a way out is in battery.test.ts. */
describeSandboxed("the walls", () => {
  const place = worktree();
  const { root, outside } = place;
  /** A process of this machine that has a secret in its environment, as agentx itself has. */
  const bystander = spawn("sleep", ["300"], { env: { AGENTX_TEST_CANARY: canary }, stdio: "ignore" });
  let inside: Sandbox;
  beforeAll(async () => {
    writeFileSync(join(outside, "secret"), canary);
    writeFileSync(join(root, "own"), "own\n");
    symlinkSync(join(outside, "secret"), join(root, "link"));
    symlinkSync(outside, join(root, "link-folder"));
    inside = await openAt(root);
  });
  afterAll(async () => {
    bystander.kill("SIGKILL");
    await inside?.close();
    place[Symbol.dispose]();
  });

  test.each([["touch /stray"], ["touch /dev/stray"], ["mkdir -p /etc/stray"], ["chmod u+s /usr/bin/env"]])(
    "refuse `%s`",
    async (command) => {
      const result = await run(inside, command);
      expect(result.type).toBe("exited");
      // 127 would say that the tool is missing, and prove nothing.
      expect(result).not.toMatchObject({ exitCode: 0 });
      expect(result).not.toMatchObject({ exitCode: 127 });
    },
  );

  test("give no capability and an ordinary user", async () => {
    const status = await outputOf(
      inside,
      "id -u; grep -E '^Cap(Prm|Eff|Bnd|Amb)' /proc/self/status | cut -f2; grep NoNewPrivs /proc/self/status",
    );
    expect(status).not.toMatch(/^0\n/);
    expect(status.match(/0{16}/g)).toHaveLength(4);
    expect(status).toMatch(/NoNewPrivs:\s*1/);
  });

  test("show no secret in any environment, argument or descriptor inside", async () => {
    await using own = await openAt(root, { env: { FROM_SPEC: "yes" } });
    expect(await outputOf(own, "echo $FROM_SPEC$AGENTX_TEST_CANARY")).toBe("yes");
    expect(await outputOf(own, "cat /proc/1/environ | wc -c")).toBe("0");
    const all = "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -c";
    expect(await outputOf(own, `${all} '^FROM_SPEC=yes$'`)).not.toBe("0");
    expect(await outputOf(own, `${all} 'canary-5c1f7[e]'`)).toBe("0");
    expect(
      await outputOf(own, "readlink /proc/1/fd/* | grep -vE '^(socket|anon_inode|pipe|/dev/null)' | cat"),
    ).toBe("");
  });

  test("let no write through a symbolic link out", async () => {
    await expect(inside.writeFile("link", "overwritten")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(inside.writeFile("link-folder/new", "x")).rejects.toMatchObject({
      name: "SandboxFileError",
    });
    await expect(inside.readFile("link")).rejects.toMatchObject({ code: "ENOENT" });
    await run(inside, "echo overwritten > link; echo x > link-folder/new");
    expect(readFileSync(join(outside, "secret"), "utf8")).toBe(canary);
    expect(readdirSync(outside)).toEqual(["secret"]);
    expect(lstatSync(join(root, "link")).isSymbolicLink()).toBe(true);
  });

  test("keep a read-only root as it is", async () => {
    await using reader = await openAt(root, { writable: false });
    expect(await outputOf(reader, "cat own")).toBe("own");
    expect((await run(reader, "touch new || rm own || chmod 777 own")).output).toContain(
      "Read-only file system",
    );
    await expect(reader.writeFile("own", "changed")).rejects.toMatchObject({ code: "EROFS" });
  });

  test("refuse a read-only path that a worker has turned into a symbolic link", async () => {
    symlinkSync(outside, join(root, "node_modules"));
    const readOnly = [join(root, "node_modules")];
    await expect(openAt(root, { readOnly })).rejects.toMatchObject({ code: "SANDBOX_PATH" });
  });

  test("keep a read-only folder inside a writable root, and write the scratch folder", async () => {
    mkdirSync(join(root, "deps"));
    mkdirSync(join(outside, "scratch"));
    await using own = await openAt(root, {
      readOnly: [join(root, "deps")],
      scratch: join(outside, "scratch"),
    });
    expect((await run(own, "touch deps/x")).output).toContain("Read-only file system");
    expect(await run(own, `touch beside ${join(outside, "scratch", "x")}`)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(outside, "scratch"))).toEqual(["x"]);
  });

  test("have no network", async () => {
    let hits = 0;
    const server = createServer((_, response) => response.end(String((hits += 1))));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const get = `node -e 'fetch("http://127.0.0.1:${port}").then(() => {}, () => process.exit(7))'`;
    expect(await run(inside, get)).toMatchObject({ exitCode: 7 });
    expect(hits).toBe(0);
    server.close();
  });
});
