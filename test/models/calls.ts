import { openModel } from "../../src/models/open-model.ts";
import type { Message, Model, ModelReply, ModelRequest, ToolSpec } from "../../src/models/model.ts";
import type { ModelServer } from "../model-server/server.ts";
import type { Provider } from "../model-server/types.ts";

/** The four protocols, each with a model whose price is known where there can be one. */
export const protocols: { provider: Provider; id: string }[] = [
  { provider: "anthropic", id: "anthropic/claude-opus-5-5" },
  { provider: "openai", id: "openai/gpt-5.5" },
  { provider: "openai-chat", id: "ollama/qwen3:8b" },
  { provider: "google", id: "google/gemini-3.8-flash" },
];

export type OpenOptions = { key?: string; tries?: number; idleMs?: number };

/** A model behind the server, with one try and no real waits unless asked otherwise. */
export function openAt(server: Pick<ModelServer, "url">, id: string, options: OpenOptions = {}): Model {
  const { key = "test-key", tries = 1, idleMs = 10_000 } = options;
  return openModel({
    id,
    providers: { ollama: { api: "openai-chat", baseUrl: `${server.url}/v1`, keyEnv: "OLLAMA_KEY" } },
    env: {
      ANTHROPIC_API_KEY: key,
      ANTHROPIC_BASE_URL: server.url,
      OPENAI_API_KEY: key,
      OPENAI_BASE_URL: `${server.url}/v1`,
      GEMINI_API_KEY: key,
      GOOGLE_GEMINI_BASE_URL: server.url,
      OLLAMA_KEY: key,
    },
    scripts: { cwd: process.cwd(), pauseScale: 0 },
    retry: { tries, random: () => 0, sleep: async () => {} },
    idleMs,
  });
}

export const readTool: ToolSpec = {
  name: "read",
  description: "Reads a file.",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
};

export function request(messages: readonly Message[], more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    system: "You are a worker.",
    messages,
    tools: [readTool],
    mustCall: null,
    maxOutputTokens: 4096,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...more,
  };
}

export function user(text: string): Message {
  return { role: "user", text };
}

/** The results of all of a reply's tool calls. */
export function results({ message }: ModelReply, text: string): Message {
  return {
    role: "tool",
    results: message.toolCalls.map(({ id, name }) => ({ id, name, text, isError: false })),
  };
}

/** What a call throws. */
export async function failure(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => {
      throw new Error("the call was expected to fail");
    },
    (error: unknown) => error,
  );
}
