import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openMeter, type Metered } from "../../src/gateway/meter/meter.ts";
import type { GatewayApi } from "../../src/gateway/upstream.ts";

const event = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;
/** An event may have its data in many lines. */
const lines = (data: unknown): string => `${JSON.stringify(data, null, 1).replaceAll(/^/gm, "data: ")}\n\n`;
const text = '“größer” 😀 \\ " "usage": 7 \r\n data: {} \u2028';

/** Each vendor's stream as it is documented, the counts given as that vendor counts. */
const streams: Record<GatewayApi, string> = {
  anthropic:
    `event: message_start\n${event({ type: "message_start", message: { usage: { input_tokens: 100, cache_read_input_tokens: 40, cache_creation_input_tokens: 7, output_tokens: 1 } } })}` +
    `: a comment\n\nevent: ping\n${event({ type: "ping" })}` +
    event({ type: "content_block_delta", delta: { type: "text_delta", text } }) +
    lines({ type: "message_delta", delta: {}, usage: { output_tokens: 30, input_tokens: null } }) +
    event({ type: "message_stop" }),
  openai:
    event({ type: "response.created", response: { usage: null, error: null } }) +
    event({ type: "response.output_text.delta", delta: text }) +
    event({
      type: "response.completed",
      response: {
        error: null,
        output: [{ text }],
        usage: {
          input_tokens: 147,
          input_tokens_details: { cached_tokens: 40, cache_write_tokens: 7 },
          output_tokens: 30,
          output_tokens_details: { reasoning_tokens: 12 },
        },
      },
    }),
  "openai-chat":
    event({ usage: null, choices: [{ delta: { content: text } }] }) +
    event({
      choices: [],
      usage: {
        prompt_tokens: 147,
        prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 7 },
        completion_tokens: 30,
      },
    }) +
    "data: [DONE]\n\n",
  google:
    event({ candidates: [{ content: { parts: [{ text }] } }], usageMetadata: { promptTokenCount: 140 } }) +
    event({
      candidates: [{ finishReason: "STOP" }],
      usageMetadata: {
        promptTokenCount: 140,
        cachedContentTokenCount: 40,
        toolUsePromptTokenCount: 7,
        candidatesTokenCount: 18,
        thoughtsTokenCount: 12,
      },
    }),
};

const whole = { inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 7, outputTokens: 30 };
const expected: Record<GatewayApi, Metered["usage"]> = {
  anthropic: whole,
  openai: whole,
  "openai-chat": whole,
  // Google writes no cache that is told; the prompt of its own tools is input.
  google: { inputTokens: 107, cacheReadTokens: 40, cacheWriteTokens: 0, outputTokens: 30 },
};

const apis = ["anthropic", "openai", "openai-chat", "google"] as const;

function read(api: GatewayApi, bytes: Uint8Array, cuts: number[]): Metered {
  const meter = openMeter(api, bytes[0] === 0x5b ? "application/json" : "text/event-stream");
  let from = 0;
  for (const cut of [...cuts, bytes.length].toSorted((a, b) => a - b)) {
    if (cut <= from || cut > bytes.length) continue;
    meter.take(bytes.subarray(from, cut));
    from = cut;
  }
  return meter.end();
}

describe.each(apis)("the usage of an answer by %s", (api) => {
  it.each(["\n", "\r\n", "\r"])("is the same however the stream is cut, lines ending in %j", (ending) => {
    const bytes = Buffer.from(`\ufeff${streams[api].replaceAll("\n", ending)}`);
    expect(read(api, bytes, [])).toEqual({ usage: expected[api], error: null, isWhole: true });
    const cuts = fc.array(fc.nat(bytes.length), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (at) => {
        expect(read(api, bytes, at)).toEqual({ usage: expected[api], error: null, isWhole: true });
      }),
      { numRuns: 500 },
    );
    const everywhere = Array.from({ length: bytes.length }, (_, at) => at);
    expect(read(api, bytes, everywhere).usage).toEqual(expected[api]);
  });

  it("never throws for a stream that breaks off or is damaged, and tells no more than there was", () => {
    const bytes = Buffer.from(streams[api]);
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.uint8Array({ maxLength: 20 }), (end, noise) => {
        const { usage } = read(api, Buffer.concat([bytes.subarray(0, end), noise]), [end]);
        expect(usage?.outputTokens ?? 0).toBeLessThanOrEqual(30);
      }),
      { numRuns: 500 },
    );
  });
});

it.each(apis)("sees that a stream of %s ended before its closing event, whatever its text says", (api) => {
  const closing = {
    anthropic: 'data: {"type":"message_stop"',
    openai: 'data: {"type":"response.completed"',
    "openai-chat": "data: [DONE]",
    google: 'data: {"candidates":[{"finishReason"',
  }[api];
  const said = JSON.stringify(
    '{"type":"message_stop"} {"type":"response.completed"} [DONE] "finishReason": "STOP"',
  );
  const stream = streams[api].slice(0, streams[api].indexOf(closing)).replace(JSON.stringify(text), said);
  expect(stream).toContain("message_stop");
  expect(read(api, Buffer.from(stream), []).isWhole).toBe(false);
});

it("meters what Anthropic told before a stream broke off", () => {
  const bytes = Buffer.from(streams.anthropic.slice(0, streams.anthropic.indexOf("message_delta")));
  expect(read("anthropic", bytes, [])).toEqual({
    usage: { ...whole, outputTokens: 1 },
    error: null,
    isWhole: false,
  });
});

it("reads Google's stream without events, which is an array", () => {
  const chunks = streams.google
    .split("\n\n")
    .filter((line) => line !== "")
    .map((line) => line.slice("data: ".length));
  const bytes = Buffer.from(`[${chunks.join(",\n")}]`);
  expect(read("google", bytes, [9, 99]).usage).toEqual(expected.google);
});

it.each([
  ["anthropic", { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }],
  [
    "openai",
    { type: "response.failed", response: { error: { code: "server_error", message: "Overloaded" } } },
  ],
  ["openai", { type: "error", message: "Overloaded" }],
  ["openai-chat", { error: { message: "Overloaded" } }],
  ["google", { error: { code: 503, message: "Overloaded" } }],
] as const)("hears %s's error in the middle of a stream", (api, data) => {
  expect(read(api, Buffer.from(event(data)), [])).toEqual({
    usage: null,
    error: "Overloaded",
    isWhole: true,
  });
});
