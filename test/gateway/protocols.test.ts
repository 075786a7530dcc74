import { afterEach, describe, expect, it } from "vitest";
import { openModel } from "../../src/models/open-model.ts";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import type { Reply } from "../model-server/types.ts";
import { protocols, request, user } from "../models/calls.ts";
import { aSession, endAll, endings, realKey, socketPath, type ASession } from "./a-gateway.ts";

afterEach(endAll);

async function serve(reply: Reply): Promise<ModelServer> {
  const server = await startModelServer({ reply, key: realKey });
  endings.push(server.close);
  return server;
}

function modelBehind({ base }: ASession, id: string): ReturnType<typeof openModel> {
  const key = "agentx-gateway";
  return openModel({
    id,
    providers: { ollama: { api: "openai-chat", baseUrl: `${base}/openai/v1`, keyEnv: "OLLAMA_KEY" } },
    env: {
      ANTHROPIC_API_KEY: key,
      ANTHROPIC_BASE_URL: `${base}/anthropic`,
      OPENAI_API_KEY: key,
      OPENAI_BASE_URL: `${base}/openai/v1`,
      GEMINI_API_KEY: key,
      GOOGLE_GEMINI_BASE_URL: `${base}/google`,
      OLLAMA_KEY: key,
    },
    scripts: { cwd: process.cwd(), pauseScale: 0 },
    retry: { tries: 1, random: () => 0, sleep: async () => {} },
  });
}

const usage = { inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 0, outputTokens: 30 };

describe.each(["loopback", "socket"] as const)("a gateway on a %s", (type) => {
  const listen = async (): Promise<{ type: "loopback" } | { type: "socket"; path: string }> =>
    type === "loopback" ? { type } : { type, path: await socketPath() };

  it.each(protocols)("passes on the $provider protocol as its SDK speaks it", async ({ provider, id }) => {
    const server = await serve(() => ({ say: "Hello there, person.", usage }));
    const session = await aSession(server, { listen: await listen() });
    const shown: string[] = [];
    const reply = await modelBehind(session, id).call(
      request([user("Hi")], { onProgress: (text) => shown.push(text) }),
    );
    expect(reply.message.text).toBe("Hello there, person.");
    expect(shown.filter((text) => text !== "").length).toBeGreaterThan(1);
    expect(reply.usage).toEqual(usage);
    expect(session.told).toMatchObject([{ model: id, usage, usd: 0.17 }]);
    expect(session.told[0]?.ms).toBeGreaterThan(0);
    expect(session.calls()).toBe(1);
    expect(session.lastFailure()).toBeNull();
    const [call] = server.calls();
    expect(call).toMatchObject({ provider, stream: true });
    expect(JSON.stringify(call?.headers)).not.toContain("agentx-gateway");
  });

  // Two of the SDKs, and some programs, take an answer that ends early for a whole one.
  it.each(protocols)("breaks the connection where $provider ends an answer early", async ({ id }) => {
    const server = await serve(() => ({ say: "Hello there, person.", usage, fault: { type: "early-end" } }));
    const session = await aSession(server, { listen: await listen() });
    await expect(modelBehind(session, id).call(request([user("Hi")]))).rejects.toMatchObject({
      kind: expect.stringMatching(/^(network|truncated)$/) as string,
    });
    expect(session.lastFailure()).toMatchObject({
      model: id,
      status: null,
      message: expect.stringContaining("ended the answer before it was complete") as string,
    });
  });

  it.each(protocols)("tells by $provider what the SDK gets wrong", async ({ id }) => {
    const server = await serve(() => ({ fault: { type: "status", status: 400, message: "not like this" } }));
    const session = await aSession(server, { listen: await listen() });
    await expect(modelBehind(session, id).call(request([user("Hi")]))).rejects.toMatchObject({
      kind: "bad-request",
      message: expect.stringContaining("not like this") as string,
    });
    expect(session.lastFailure()).toEqual({
      model: id,
      status: 400,
      message: "not like this",
      retryAfterMs: null,
    });
    expect(session.told).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it.each(protocols)("ends a $provider stream that broke off, and meters what was told", async ({ id }) => {
    const server = await serve(() => ({
      say: "Hello there.",
      usage,
      fault: { type: "cut", afterBytes: 600 },
    }));
    const session = await aSession(server, { listen: await listen() });
    await expect(modelBehind(session, id).call(request([user("Hi")]))).rejects.toMatchObject({
      kind: expect.stringMatching(/network|truncated/) as string,
    });
    expect(session.told).toHaveLength(1);
    // Only Anthropic tells usage at the start.
    expect(session.told[0]?.usd).toEqual(id.startsWith("anthropic") ? 0.17 : null);
    expect(session.lastFailure()?.model).toBe(id);
  });

  it.each(protocols)("has no price for a $provider answer without usage", async ({ id }) => {
    const server = await serve(() => ({ say: "ok", usage: "none" }));
    const session = await aSession(server, { listen: await listen() });
    await modelBehind(session, id).call(request([user("Hi")]));
    expect(session.told).toMatchObject([{ model: id, usd: null, usage: { inputTokens: 0 } }]);
  });
});
