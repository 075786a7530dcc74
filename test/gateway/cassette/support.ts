import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { CassetteHeader, RecordedAnswer } from "../../../src/gateway/cassette/cassette.ts";
import type { GatewayApi, Upstream, UpstreamCall } from "../../../src/gateway/upstream.ts";

export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "agentx-cassette-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const forAll = <T>(value: T): Record<"plan" | "research" | "implement" | "review" | "resolve", T> => ({
  plan: value,
  research: value,
  implement: value,
  review: value,
  resolve: value,
});

export const header: Omit<CassetteHeader, "format"> = {
  agentx: "1.2.3",
  run: "run1",
  models: forAll(["anthropic/m"]),
  agents: forAll("api"),
};

export const key = "sk-canary-0123456789abcdef";

const places: Record<GatewayApi, string> = {
  anthropic: "/v1/messages?beta=true",
  openai: "/responses",
  "openai-chat": "/chat/completions",
  google: "/v1beta/models/m:streamGenerateContent?alt=sse",
};

type Asking = Partial<Omit<UpstreamCall, "body" | "model">> & {
  api?: GatewayApi;
  name?: string;
  body?: unknown;
};

/** A call with a body like the vendor's; `messages` of one text each unless a body is given. */
export function aCall({
  api = "anthropic",
  name = "m",
  body = conversation("hello"),
  ...more
}: Asking = {}): UpstreamCall {
  const model = { id: `p/${name}`, provider: "p", name, api, baseUrl: "http://127.0.0.1:1", key };
  return {
    label: "implement login",
    model,
    url: model.baseUrl + places[api],
    headers: { authorization: `Bearer ${key}`, "x-api-key": key },
    body: Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)),
    signal: new AbortController().signal,
    ...more,
  };
}

export function conversation(...texts: string[]): { messages: { role: string; content: string }[] } {
  return { messages: texts.map((content) => ({ role: "user", content })) };
}

/** Answers in turn; a piece that is an error breaks the stream there. */
export function upstreamOf(
  ...answers: { status?: number; type?: string; pieces: (string | Buffer | Error)[] }[]
): Upstream {
  return async () => {
    const { status = 200, type = "text/event-stream", pieces } = answers.shift() ?? { pieces: [] };
    return {
      status,
      headers: { "content-type": type, "x-account": "acme" },
      body: Readable.from(stream(pieces)),
    };
  };
}

async function* stream(pieces: (string | Buffer | Error)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece);
    // What came before has been read by then, as over a real network.
    await setImmediate();
  }
}

export type Heard = { status: number; type: string; pieces: string[]; error: string | null };

export async function hear(upstream: Upstream, call: UpstreamCall): Promise<Heard> {
  const { status, headers, body } = await upstream(call);
  const heard: Heard = { status, type: headers["content-type"] ?? "", pieces: [], error: null };
  try {
    for await (const piece of body as AsyncIterable<Buffer>) heard.pieces.push(piece.toString("latin1"));
  } catch (error) {
    heard.error = error instanceof Error ? error.message : String(error);
  }
  return heard;
}

export function anAnswer(more: Partial<RecordedAnswer> = {}): RecordedAnswer {
  return {
    label: "implement login",
    model: "p/m",
    api: "anthropic",
    request: { operation: "messages", hash: "h", tail: "t", turns: 1, tools: 0, bytes: 10 },
    status: 200,
    contentType: "text/event-stream",
    body: ["data: {}\n\n"],
    end: "complete",
    ...more,
  };
}
