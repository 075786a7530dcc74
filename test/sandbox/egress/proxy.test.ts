import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Address } from "../../../src/sandbox/egress/resolve.ts";
import { egressFor, openRelay, say, serve, serveBytes, startEgress, statusOf } from "./support.ts";

const local = (address: string): Address => ({ address, family: address.includes(":") ? 6 : 4 });
const get = (url: string, host: string, more = ""): string =>
  `GET ${url} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`;
const tunnel = (authority: string): string => `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;

test("a host of the list is reached by a tunnel and by a request, with what was sent to it alone", async () => {
  await using echo = await serveBytes((socket) => socket.pipe(socket));
  await using web = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end(
        JSON.stringify([request.method, request.url, request.headers, String(Buffer.concat(chunks))]),
      );
    });
  });
  const hosts = [`127.0.0.1:${echo.port}`, `127.0.0.1:${web.port}`];
  await using egress = await startEgress(egressFor(hosts));

  expect(await say(egress, `${tunnel(hosts[0] ?? "")}hello`, /hello/)).toMatch(
    /^HTTP\/1\.1 200 .*\r\n\r\nhello$/,
  );
  const body =
    "POST http://HOST/a?b HTTP/1.1\r\nHost: HOST\r\nContent-Length: 4\r\nProxy-Authorization: x\r\nConnection: close, x-own\r\nX-Own: 1\r\nX-Kept: 2\r\n\r\nbody";
  const answer = await say(egress, body.replaceAll("HOST", hosts[1] ?? ""));
  expect(statusOf(answer)).toBe(200);
  expect(answer).toContain("set-cookie: a=1\r\nset-cookie: b=2");
  expect(answer).toContain('"POST","/a?b"');
  expect(answer).toContain('"x-kept":"2"');
  expect(answer).toMatch(/,\\?"body\\?"\]/);
  expect(answer).not.toMatch(/x-own|proxy-authorization/);
});

test("whatever the request looks like, nothing but the list is reached", async () => {
  await using decoy = await serve((_, response) => response.end("decoy"));
  await using listed = await serve((_, response) => response.end("listed"));
  const [no, yes] = [`127.0.0.1:${decoy.port}`, `127.0.0.1:${listed.port}`];
  await using egress = await startEgress(egressFor([yes]));
  const { port } = decoy;
  const authorities = [
    no,
    `localhost:${port}`,
    `[::1]:${port}`,
    `[::ffff:127.0.0.1]:${port}`,
    `127.1:${port}`,
    `0.0.0.0:${port}`,
    `0x7f000001:${port}`,
    `2130706433:${port}`,
    `0177.0.0.1:${port}`,
    `127.0.0.1.:${port}`,
    `${yes}@${no}`,
    `${yes},${no}`,
    `${no}#${yes}`,
    `127.0.0.1%00:${port}`,
    `127.0.0.1:${listed.port}:${port}`,
    `127.0.0.1:0${port}`,
    "169.254.169.254:80",
    "[fe80::1%lo]:80",
    "localhost.:80",
    "192.0.2.1:443",
    "example.com:443",
  ];
  const raw = [
    ...authorities.flatMap((each) => [
      tunnel(each),
      get(`http://${each}/`, each),
      get(`http://${each}/`, yes),
    ]),
    get(`http://${yes}/`, no),
    get(`http://${yes}/`, `${yes}\r\nHost: ${no}`),
    `GET http://${yes}/ HTTP/1.0\r\n\r\n`,
    `GET http://${yes}\\@${no}/ HTTP/1.1\r\nHost: ${no}\r\n\r\n`,
    get(`https://${yes}/`, yes),
    get("/", yes),
    get(`http://${yes}@${no}/`, no),
    get(`ftp://${no}/`, no),
    "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    `POST http://${yes}/ HTTP/1.1\r\nHost: ${yes}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${get(`http://${no}/`, no)}`,
    `POST http://${yes}/ HTTP/1.1\r\nHost: ${yes}\r\nContent-Length: 0\r\nContent-Length: 9\r\n\r\n${get(`http://${no}/`, no)}`,
    `POST http://${yes}/ HTTP/1.1\r\nHost: ${yes}\r\nTransfer-Encoding: xchunked\r\n\r\n${get(`http://${no}/`, no)}`,
    `GET http://${yes}/\r\nHost: ${no}\r\n\r\n`,
    `CONNECT ${yes}\r\n${no} HTTP/1.1\r\nHost: ${no}\r\n\r\n`,
  ];
  for (const bytes of raw) {
    const status = statusOf(await say(egress, bytes, /\r\n\r\n/));
    expect([0, 400, 403, 502], bytes).toContain(status);
    expect(listed.hits(), bytes).toBe(0);
  }

  // Two requests on one connection are two requests, each judged by itself; nor does what comes after a body become one.
  const both = `GET http://${yes}/ HTTP/1.1\r\nHost: ${yes}\r\n\r\n${get(`http://${no}/`, no)}`;
  expect(await say(egress, both)).toMatch(/listed[\s\S]*HTTP\/1\.1 403/);
  expect(listed.hits()).toBe(1);
  expect(decoy.hits()).toBe(0);
});

test("300 generated request lines reach nothing", async () => {
  await using decoy = await serve((_, response) => response.end("decoy"));
  await using egress = await startEgress(egressFor(["registry.example", "*.cdn.example"]), async (host) => {
    throw new Error(`${host} was looked up`);
  });
  const piece = fc.constantFrom(
    "registry.example",
    "127.0.0.1",
    "localhost",
    "[::1]",
    "@",
    ":",
    "\0",
    "\t",
    "%00",
    "/",
    "\\",
    "#",
    "?",
    String(decoy.port),
    ":443",
    ":80",
    ".",
    "0x7f.1",
    "[::ffff:127.0.0.1]",
    "http://",
    "\r\n",
    "é",
    "*",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      async (pieces, isTunnel) => {
        const text = pieces.join("");
        const bytes = isTunnel ? tunnel(text) : get(`http://${text}:${decoy.port}/`, text);
        expect(statusOf(await say(egress, bytes, /\r\n\r\n/)), text).not.toBe(200);
      },
    ),
    { numRuns: 300 },
  );
  expect(decoy.hits()).toBe(0);
});

test("a name is judged by where it leads, and what was looked at is what is connected to", async () => {
  await using inner = await serve((_, response) => response.end("inner"));
  const to = `127.0.0.1:${inner.port}`;
  let asked = 0;
  const rebinding = async (): Promise<Address[]> => {
    asked += 1;
    // The second answer would lead nowhere.
    return [asked === 1 ? local("127.0.0.1") : local("127.0.0.9")];
  };
  const name = `name.example:${inner.port}`;

  await using strict = await startEgress(egressFor([name]), async () => [
    local("127.0.0.1"),
    local("::1"),
    local("10.0.0.1"),
  ]);
  expect(await say(strict, get(`http://${name}/`, name))).toContain("it has a private address, 127.0.0.1");
  expect(statusOf(await say(strict, tunnel(name)))).toBe(403);
  await using everything = await startEgress(egressFor(true));
  expect(await say(everything, tunnel("localhost:443"))).toContain("it has a private address");
  expect(await say(everything, tunnel("10.0.0.1:443"))).toContain("it is a private address");
  expect(await say(everything, tunnel("example.com:22"))).toContain("only the ports 443 and 80");
  expect(inner.hits()).toBe(0);

  await using named = await startEgress(egressFor([`${name} private`]), rebinding);
  expect(await say(named, get(`http://${name}/`, name))).toContain("inner");
  expect(asked).toBe(1);
  await using literal = await startEgress(egressFor([to]));
  expect(await say(literal, get(`http://${to}/`, to))).toContain("inner");
});

test("what cannot be reached is said, and is no refusal", async () => {
  await using gone = await serve(() => {});
  const to = `127.0.0.1:${gone.port}`;
  await gone[Symbol.asyncDispose]();
  await using egress = await startEgress(egressFor([to, "nowhere.invalid"]));
  expect(await say(egress, tunnel(to))).toMatch(/^HTTP\/1\.1 502 [\s\S]*ECONNREFUSED/);
  expect(statusOf(await say(egress, get("http://nowhere.invalid/", "nowhere.invalid")))).toBe(502);
  expect(egress.explain(failed)).toBeNull();
});

test("the person's proxy is asked with the person's password, but for what NO_PROXY names, and not by whom the list stops", async () => {
  await using relay = await openRelay();
  await using inner = await serve((_, response) => response.end("inner"));
  const address = `http://me:s%40crt@127.0.0.1:${relay.port}`;
  const person = { HTTPS_PROXY: address, http_proxy: address, NO_PROXY: "direct.example,.corp.example" };
  const hosts = [`outer.example:${inner.port}`, `direct.example:${inner.port} private`, "private.example"];
  await using egress = await startEgress(egressFor(hosts, person), async (host) => {
    if (host === "outer.example") throw new Error("this machine knows no outside names");
    return [local("127.0.0.1")];
  });
  const basic = `Basic ${Buffer.from("me:s@crt").toString("base64")}`;
  const outer = `outer.example:${inner.port}`;
  const inside = `${tunnel(outer)}${get("/", outer)}`;
  expect(await say(egress, inside, /inner/)).toContain("inner");
  expect(await say(egress, get(`http://${outer}/a`, outer))).toContain("inner");
  expect(relay.asked).toEqual([`CONNECT ${outer} ${basic}`, `GET http://${outer}/a ${basic}`]);
  const direct = `direct.example:${inner.port}`;
  expect(await say(egress, get(`http://${direct}/`, direct))).toContain("inner");
  expect(statusOf(await say(egress, tunnel("private.example:443")))).toBe(403);
  expect(statusOf(await say(egress, tunnel("evil.example:443")))).toBe(403);
  expect(relay.asked).toHaveLength(2);
  await expect(startEgress(egressFor(hosts, { https_proxy: "socks5://user:pass@x" }))).rejects.toThrow(
    expect.objectContaining({ code: "EGRESS_PROXY", message: expect.not.stringContaining("pass@") }),
  );
});

const failed = { type: "exited", exitCode: 1, output: "", totalBytes: 0, ms: 1 } as const;

test("a command that failed says what was closed to it and what to write, once", async () => {
  await using egress = await startEgress(egressFor(["registry.example"]), async () => [local("10.0.0.1")]);
  for (const target of ["evil.example:443", "evil.example:443", "evil.example:8080", "registry.example:443"])
    await say(egress, tunnel(target));
  await say(egress, tunnel("no host at all"));
  expect(egress.explain(failed)?.split("\n")).toEqual([
    'agentx: evil.example:443 is closed to this sandbox: it is not in the list. To allow it, add "evil.example" to the list gates.test.network in agentx.yaml',
    'agentx: evil.example:8080 is closed to this sandbox: it is not in the list. To allow it, add "evil.example:8080" to the list gates.test.network in agentx.yaml',
    'agentx: registry.example:443 is closed to this sandbox: it has a private address, 10.0.0.1. To allow it, add "registry.example private" to the list gates.test.network in agentx.yaml',
  ]);
  await say(egress, tunnel("evil.example:443"));
  expect(egress.explain({ ...failed, exitCode: 0 })).toBeNull();
  expect(egress.explain(failed)).toBeNull();
});

test("its end closes what is open and leaves nothing", async () => {
  await using echo = await serveBytes((socket) => socket.pipe(socket));
  const to = `127.0.0.1:${echo.port}`;
  const egress = await startEgress(egressFor([to]));
  const held = say(egress, `${tunnel(to)}hello`);
  while (echo.hits() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await egress.close();
  expect(await held).toContain("200");
  expect(existsSync(egress.folder)).toBe(false);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`agentx-egress-${process.pid}-`))).toEqual(
    [],
  );
});
