import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterEach, expect, it } from "vitest";
import { startModelServer } from "../model-server/server.ts";
import { aSession, endAll, endings, type ASession } from "./a-gateway.ts";

afterEach(endAll);

const sdks: [string, (session: ASession) => Promise<unknown>][] = [
  [
    "Anthropic's",
    async ({ base }) => {
      const client = new Anthropic({ apiKey: "agentx-gateway", baseURL: `${base}/anthropic`, maxRetries: 2 });
      const messages = [{ role: "user" as const, content: "Hi" }];
      return client.messages.create({ model: "claude-opus-5-5", max_tokens: 9, messages });
    },
  ],
  [
    "OpenAI's",
    async ({ base }) => {
      const client = new OpenAI({ apiKey: "agentx-gateway", baseURL: `${base}/openai/v1`, maxRetries: 2 });
      return client.responses.create({ model: "gpt-5.5", input: "Hi" });
    },
  ],
  [
    "OpenAI's for Chat Completions",
    async ({ base }) => {
      const client = new OpenAI({ apiKey: "agentx-gateway", baseURL: `${base}/openai/v1`, maxRetries: 2 });
      return client.chat.completions.create({ model: "m", messages: [{ role: "user", content: "Hi" }] });
    },
  ],
  [
    "Google's",
    async ({ base }) => {
      const httpOptions = { baseUrl: `${base}/google`, retryOptions: { attempts: 3 } };
      const client = new GoogleGenAI({ apiKey: "agentx-gateway", vertexai: false, httpOptions });
      return client.models.generateContent({ model: "gemini-3.8-flash", contents: "Hi" });
    },
  ],
];

it.each(sdks)("%s SDK does not try again what a limit refused", async (_name, call) => {
  const server = await startModelServer({ reply: () => ({ say: "ok" }) });
  endings.push(server.close);
  let ready = 0;
  const session = await aSession(server, {
    usdLeft: () => 0,
    ready: async () => {
      ready += 1;
    },
  });
  await expect(call(session)).rejects.toThrow("agentx: the run's budget is spent");
  expect(ready).toBe(1);
});
