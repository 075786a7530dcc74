import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as timer } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createUpstream } from "../../src/gateway/create-upstream.ts";
import type { UpstreamCall } from "../../src/gateway/upstream.ts";
import { aGateway, ask, aSession, clock, endAll, endings, modelsAt, until } from "./a-gateway.ts";

afterEach(endAll);

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(
  listener: Listener,
): Promise<{ url: string; connections: () => number; closed: () => number }> {
  let connections = 0;
  let closed = 0;
  const server = createServer(listener);
  server.on("connection", (socket) => {
    connections += 1;
    socket.on("close", () => (closed += 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endings.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, connections: () => connections, closed: () => closed };
}

function call(url: string, signal = new AbortController().signal): UpstreamCall {
  const [model] = modelsAt(url);
  if (!model) throw new Error("no model");
  return { label: "t", model, url: `${url}/v1/messages`, headers: {}, body: Buffer.from("{}"), signal };
}

describe("the real upstream", () => {
  it("keeps its connection, and makes another where the server closed it", async () => {
    const { url, connections } = await serve((request, response) => {
      request.resume();
      // Without a word of when it will be closed.
      response.shouldKeepAlive = true;
      response.setHeader("keep-alive", "timeout=60");
      response.end("ok");
      if (request.headers["x-last"] === "1") setTimeout(() => request.socket.destroy(), 20);
    });
    const upstream = createUpstream({ proxyEnv: {} });
    for (let n = 0; n < 5; n += 1) {
      const answer = await upstream(call(url));
      expect(await text(answer.body)).toBe("ok");
      await timer(1);
    }
    expect(connections()).toBe(1);
    await text((await upstream({ ...call(url), headers: { "x-last": "1" } })).body);
    await timer(50);
    expect(await text((await upstream(call(url))).body)).toBe("ok");
    expect(connections()).toBe(2);
  });

  it("calls again where the server closed a kept connection just then", async () => {
    const used = new WeakSet<object>();
    const { url, connections } = await serve((request, response) => {
      request.resume();
      if (used.has(request.socket)) request.socket.destroy();
      used.add(request.socket);
      response.end("ok");
    });
    const upstream = createUpstream({ proxyEnv: {} });
    for (let n = 0; n < 4; n += 1) {
      expect(await text((await upstream(call(url))).body)).toBe("ok");
      await timer(5);
    }
    expect(connections()).toBe(4);
  });

  it("ends a call that nothing comes of, before the headers and after them", async () => {
    const { url } = await serve((request, response) => {
      request.resume();
      if (request.headers["x-headers"] === "1") response.write("a");
    });
    const upstream = createUpstream({ proxyEnv: {}, idleMs: 500 });
    await expect(upstream(call(url))).rejects.toThrow(/^nothing came from 127\.0\.0\.1:\d+ for 1 s$/);
    const { body } = await upstream({ ...call(url), headers: { "x-headers": "1" } });
    await expect(text(body)).rejects.toThrow("nothing came from");
  });

  it("does not end a call that goes on slowly, or whose reader is slow", async () => {
    const { url } = await serve((request, response) => {
      request.resume();
      let n = 0;
      const writing = setInterval(() => {
        response.write("x".repeat(200_000));
        if ((n += 1) === 6) {
          clearInterval(writing);
          response.end();
        }
      }, 60);
    });
    const { body } = await createUpstream({ proxyEnv: {}, idleMs: 500 })(call(url));
    await timer(1400);
    expect((await text(body)).length).toBe(1_200_000);
  });

  it("closes the connection when it is aborted", async () => {
    const { url, connections, closed } = await serve((_request, response) => {
      response.write("a");
    });
    const leaving = new AbortController();
    const { body } = await createUpstream({ proxyEnv: {} })(call(url, leaving.signal));
    const read = text(body).catch((error: unknown) => error);
    leaving.abort(new Error("gone"));
    await read;
    await until(() => connections() === 1 && closed() === 1);
  });

  it("goes by a proxy, but not to this machine itself", async () => {
    const asked: (string | undefined)[] = [];
    const proxy = await serve((request, response) => {
      asked.push(request.url);
      response.end("by proxy");
    });
    const { url } = await serve((_request, response) => response.end("direct"));
    const proxyEnv = { HTTP_PROXY: proxy.url, NO_PROXY: "" };
    const upstream = createUpstream({ proxyEnv });
    expect(await text((await upstream(call("http://models.test"))).body)).toBe("by proxy");
    expect(asked).toEqual(["http://models.test/v1/messages"]);
    expect(await text((await upstream(call(url))).body)).toBe("direct");
  });
});

it.each(["garbage", "socks5://user:password@127.0.0.1:1"])(
  "refuses the proxy %s without showing it",
  (address) => {
    const create = (): unknown => createUpstream({ proxyEnv: { HTTPS_PROXY: address } });
    expect(create).toThrow("HTTPS_PROXY: this is no address of an HTTP proxy");
    expect(create).not.toThrow("garbage");
    expect(create).not.toThrow("password");
  },
);

it("passes each chunk on at once, and the client's going away to the server", async () => {
  let sent: ServerResponse | undefined;
  const server = await serve((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
    sent = response;
  });
  const session = await aSession(server);
  const leaving = new AbortController();
  const response = await ask(session.base, { signal: leaving.signal });
  const reader = response.body?.getReader();
  const read = async (): Promise<string> => Buffer.from((await reader?.read())?.value ?? []).toString();
  expect(await read()).toBe("data: 1\n\n");
  for (const chunk of ["data: 2", "\n", "\n: ping\n\n"]) {
    sent?.write(chunk);
    expect(await read()).toBe(chunk);
  }
  leaving.abort();
  await until(() => server.closed() === 1);
  await until(() => session.told.length === 1);
  expect(session.told[0]?.usd).toBeNull();
});

it("cuts the client's answer where the server's fell silent", async () => {
  const server = await serve((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n");
  });
  const gateway = aGateway({ ...clock(1), upstream: createUpstream({ proxyEnv: {}, idleMs: 500 }) });
  const session = await aSession(server, { gateway });
  await expect((await ask(session.base)).text()).rejects.toThrow("terminated");
  expect(session.lastFailure()).toMatchObject({
    status: null,
    message: expect.stringContaining("nothing came from") as string,
  });
});

it("closes with calls open, and meters them first", async () => {
  const server = await serve((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(
      'data: {"type":"message_start","message":{"usage":{"input_tokens":10,"output_tokens":1}}}\n\n',
    );
  });
  const session = await aSession(server);
  const response = await ask(session.base);
  const waiting = ask(
    (await aSession(server, { ready: async () => new Promise<void>(() => {}) })).base,
  ).catch((error: unknown) => error);
  await session.close();
  expect(session.told).toMatchObject([{ usage: { inputTokens: 10, outputTokens: 1 } }]);
  await expect(response.text()).rejects.toThrow("terminated");
  await endAll();
  expect(await waiting).toBeInstanceOf(Error);
});

it("passes an empty answer on", async () => {
  const server = await serve((request, response) => {
    request.resume();
    response.end();
  });
  const session = await aSession(server);
  const response = await ask(session.base);
  expect([response.status, await response.text()]).toEqual([200, ""]);
  expect(session.told).toMatchObject([{ usd: null }]);
});
