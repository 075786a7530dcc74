import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import type { AssistantMessage, Message } from "../../src/models/model.ts";
import { serveScript } from "../model-server/serve-script.ts";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import { failure, openAt, protocols, request, results, user } from "./calls.ts";

const script = join(import.meta.dirname, "scripts/login.yaml");
const login = user(`<task id="login" role="implement" attempt="1">`);

let server: ModelServer;
afterEach(() => server.close());

describe.each(protocols)("the model server over the $provider protocol", ({ provider, id }) => {
  it("plays a script of the scripted provider", async () => {
    server = await serveScript(script);
    const model = openAt(server, id);
    const messages: Message[] = [login];
    for (const expected of [["read"], ["edit", "read"], ["finish"]]) {
      const reply = await model.call(request(messages));
      expect(reply.message.toolCalls.map(({ name }) => name)).toEqual(expected);
      messages.push(reply.message, results(reply, "content"));
    }
    const error = await failure(model.call(request(messages)));
    expect(error).toMatchObject({ kind: "bad-request", message: expect.stringContaining("turn 4") });
  });

  it("refuses a tool result that answers no call, and a call without a result", async () => {
    server = await startModelServer({ reply: () => ({ call: { tool: "read", path: "a" } }) });
    const model = openAt(server, id);
    const first = await model.call(request([user("Go on.")]));
    expect(
      await failure(model.call(request([user("Go on."), first.message, user("No result.")]))),
    ).toMatchObject({
      kind: "bad-request",
    });
    if (provider === "google") return;
    const stray: Message = {
      role: "tool",
      results: [{ id: "call_0", name: "read", text: "", isError: false }],
    };
    expect(await failure(model.call(request([user("Go on."), stray])))).toMatchObject({
      kind: "bad-request",
    });
  });

  it("wants back what it issued for the model's own use", async () => {
    if (provider === "openai-chat") {
      server = await startModelServer({ reply: () => ({}) });
      return;
    }
    server = await startModelServer({ reply: () => ({ call: { tool: "read", path: "a" } }) });
    const model = openAt(server, id);
    const first = await model.call(request([user("Go on.")]));
    const dropped: AssistantMessage = { ...first.message, native: null };
    const again = request([user("Go on."), dropped, results(first, "content")]);
    expect(await failure(model.call(again))).toMatchObject({ kind: "bad-request" });
    const forged: AssistantMessage = JSON.parse(
      JSON.stringify(first.message).replaceAll(/(sig|enc)_[0-9a-f]/g, "$1_x"),
    );
    expect(forged).not.toEqual(first.message);
    const changed = request([user("Go on."), forged, results(first, "content")]);
    expect(await failure(model.call(changed))).toMatchObject({ kind: "bad-request" });
  });

  it("answers in one piece when no stream is asked for", async () => {
    server = await startModelServer({ reply: () => ({ say: "All at once." }) });
    const paths = {
      anthropic: "/v1/messages",
      openai: "/v1/responses",
      "openai-chat": "/v1/chat/completions",
      google: "/v1beta/models/gemini-x:generateContent",
    };
    const body = JSON.stringify({ model: "x", messages: [], input: "Hi", contents: [] });
    const response = await fetch(server.url + paths[provider], { method: "POST", body });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toContain("All at once.");
  });
});

describe("the model server", () => {
  it("answers HEAD, and refuses a WebSocket", async () => {
    server = await startModelServer({ reply: () => ({}) });
    expect((await fetch(server.url, { method: "HEAD" })).status).toBe(200);
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write(
      "GET /v1/responses HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 426 /);
  });

  it("logs every request with its answer's status", async () => {
    server = await startModelServer({ key: "right", reply: () => ({ say: "ok" }) });
    await failure(openAt(server, "anthropic/x", { key: "wrong" }).call(request([user("Hi")])));
    expect(server.requests).toMatchObject([{ method: "POST", path: "/v1/messages", status: 401 }]);
  });

  it("can be started from the shell, with its address as the first line", async () => {
    server = await startModelServer({ reply: () => ({}) });
    const main = join(import.meta.dirname, "../model-server/main.ts");
    const child = spawn(process.execPath, [main, "--script", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [url]: string[] = await once(createInterface(child.stdout), "line");
      const reply = await openAt({ url: url ?? "" }, "anthropic/x").call(request([login]));
      expect(reply.message.text).toBe("I read the page first.");
    } finally {
      child.kill();
    }
  });
});
