import { request } from "node:http";
import { chmod, stat, writeFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { redact } from "../../src/gateway/redact.ts";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import type { Fault } from "../model-server/types.ts";
import { aGateway, ask, aSession, endAll, endings, realKey, socketPath } from "./a-gateway.ts";

afterEach(endAll);

async function serve(fault?: Fault): Promise<ModelServer> {
  const server = await startModelServer({ reply: () => (fault ? { fault } : { say: "ok" }) });
  endings.push(server.close);
  return server;
}

const paths = [
  ["/anthropic/v1/messages", "x-api-key", realKey],
  ["/openai/v1/responses", "authorization", `Bearer ${realKey}`],
  ["/openai/v1/chat/completions", "authorization", `Bearer ${realKey}`],
  ["/google/v1beta/models/m:generateContent", "x-goog-api-key", realKey],
] as const;

it.each(paths)(
  "sends to %s what the protocol needs, our key, and nothing else of the client's",
  async (path, name, key) => {
    const server = await serve();
    const session = await aSession(server);
    await fetch(session.base + path, {
      method: "POST",
      headers: {
        authorization: "Bearer mine",
        "x-api-key": "mine",
        "x-goog-api-key": "mine",
        cookie: "mine",
        "proxy-authorization": "mine",
        "openai-organization": "mine",
        "x-forwarded-host": "mine",
        "anthropic-beta": "a,b",
        "anthropic-version": "2023-06-01",
        "user-agent": "a program",
      },
      body: '{"model":"m","messages":[],"contents":[],"input":[]}',
    });
    const headers = server.requests[0]?.headers ?? {};
    expect(JSON.stringify(headers)).not.toContain("mine");
    expect(headers).toMatchObject({ [name]: key, "anthropic-beta": "a,b", "user-agent": "a program" });
    expect(headers["accept-encoding"]).toBe("identity");
    const keys = ["authorization", "x-api-key", "x-goog-api-key"].filter((one) => headers[one] !== undefined);
    expect(keys).toEqual([name]);
  },
);

it.each([
  `Incorrect API key provided: ${realKey}.`,
  `Incorrect API key provided: sk-re***************ijkl. You can find yours at example.test`,
  `Received = sk-...ijkl`,
  `the key starts with ${realKey.slice(0, 12)}`,
])("does not let a vendor tell of the key: %s", async (message) => {
  const server = await serve({ type: "status", status: 401, message });
  const session = await aSession(server);
  const response = await ask(session.base);
  const said = `${await response.text()} ${JSON.stringify(session.lastFailure())}`;
  expect(response.status).toBe(401);
  expect(said).toContain("[key]");
  for (const part of ["sk-re", "ijkl", "0123456789"]) expect(said).not.toContain(part);
});

it("leaves other words alone", () => {
  const text = "model: claude-opus-5-5 not found... see **docs** at https://example.test/key, test 12345678";
  expect(redact(text, realKey)).toBe(text);
  expect(redact("nothing", "")).toBe("nothing");
});

describe("a loopback session", () => {
  it("answers nobody who does not know its token", async () => {
    const server = await serve();
    const session = await aSession(server);
    const { origin, pathname } = new URL(session.url);
    expect(pathname).toMatch(/^\/[0-9a-f]{48}$/);
    for (const base of [origin, `${origin}/${"0".repeat(48)}`, `${origin}${pathname.slice(0, -1)}`]) {
      expect((await ask(base)).status).toBe(404);
    }
    expect(server.requests).toEqual([]);
  });

  it("shows its visitors the path without the token", async () => {
    const seen: unknown[] = [];
    const session = await aSession(await serve(), {
      handle: ({ url }, response) => {
        seen.push(url);
        if (url !== "/ask?q=1") return false;
        response.end("taken");
        return true;
      },
    });
    expect(await (await fetch(`${session.base}/ask?q=1`)).text()).toBe("taken");
    const unknown = await fetch(`${session.base}/else`);
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain("agentx's gateway");
    await fetch(`${session.base}/anthropic/v1/files`);
    expect(seen).toEqual(["/ask?q=1", "/else"]);
  });
});

describe("a socket", () => {
  it("is its owner's alone, takes the place of an old one and goes with the session", async () => {
    const server = await serve();
    const path = await socketPath();
    const before = await aSession(server, { listen: { type: "socket", path } });
    const after = await aSession(server, { listen: { type: "socket", path } });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await ask(after.base)).status).toBe(200);
    expect(before.url).toBe("");
    await after.close();
    await expect(stat(path)).rejects.toThrow("ENOENT");
  });

  it("does not take the place of a file", async () => {
    const path = await socketPath();
    await writeFile(path, "mine");
    await chmod(path, 0o600);
    const opened = aSession(await serve(), { listen: { type: "socket", path } });
    await expect(opened).rejects.toMatchObject({ code: "GATEWAY_SOCKET" });
  });

  it("says that its path is too long", async () => {
    const path = `${await socketPath()}${"x".repeat(100)}`;
    const opened = aSession(await serve(), { listen: { type: "socket", path } });
    await expect(opened).rejects.toThrow("may have 107 bytes");
  });
});

it("answers what clients ask before they begin", async () => {
  const server = await serve();
  const session = await aSession(server);
  for (const path of ["/anthropic", "/anthropic/", "/anthropic/api/hello"]) {
    expect((await fetch(session.base + path, { method: "HEAD" })).status).toBe(200);
  }
  const models = await (await fetch(`${session.base}/openai/v1/models`)).json();
  expect(models).toMatchObject({ object: "list", data: [{ id: "gpt-5.5" }, { id: "qwen3:8b" }] });
  expect(server.requests).toEqual([]);
});

it("refuses a WebSocket, so that clients fall back, and reads on where another upgrade is offered", async () => {
  const server = await serve();
  const session = await aSession(server);
  expect(await upgrade(`${session.base}/openai/v1/responses`, "websocket")).toBe(426);
  expect(await upgrade(`${session.base}/anthropic`, "h2c")).toBe(200);
});

async function upgrade(url: string, protocol: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { connection: "Upgrade", upgrade: protocol }, agent: false });
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", reject);
    asked.end();
  });
}

it.each(["", "no json", "[]", '{"model":7}', '{"model":"a b"}', '{"model":"m","background":true}'])(
  "refuses the body %j",
  async (body) => {
    const server = await serve();
    const session = await aSession(server, { gateway: aGateway() });
    const response = await ask(session.base, { body });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("agentx: ");
    expect(server.requests).toEqual([]);
  },
);
