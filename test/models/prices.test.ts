import { describe, expect, it } from "vitest";
import { pricePerMTok, priceOf } from "../../src/models/prices.ts";

const usage = { inputTokens: 1000, cacheReadTokens: 2000, cacheWriteTokens: 0, outputTokens: 500 };

describe("a price", () => {
  it.each([
    // Dollars for a million tokens: input, cache read, output.
    { id: "anthropic/claude-sonnet-4-5", input: 3, read: 0.3, output: 15 },
    { id: "anthropic/claude-opus-5-5", input: 4, read: 0.2, output: 20 },
    { id: "openai/gpt-5.5", input: 5, read: 0.5, output: 30 },
    { id: "google/gemini-2.5-pro", input: 1.25, read: 0.125, output: 10 },
  ])("of $id counts cache reads apart", async ({ id, input, read, output }) => {
    const expected = (1000 * input + 2000 * read + 500 * output) / 1e6;
    expect(await priceOf(id, usage)).toBeCloseTo(expected, 9);
    expect((await pricePerMTok(id))?.input).toBeCloseTo(input, 6);
    expect((await pricePerMTok(id))?.output).toBeCloseTo(output, 6);
  });

  it("counts cache writes apart", async () => {
    const written = { ...usage, cacheReadTokens: 0, cacheWriteTokens: 4000 };
    expect(await priceOf("anthropic/claude-sonnet-4-5", written)).toBeCloseTo(0.003 + 0.015 + 0.0075, 9);
    expect(await priceOf("openai/gpt-5.5", written)).toBeGreaterThan(0);
  });

  it("is unknown for a model that the table does not have", async () => {
    expect(await priceOf("ollama/qwen3:8b", usage)).toBeNull();
    expect(await priceOf("anthropic/claude-of-tomorrow", usage)).toBeNull();
    expect(await pricePerMTok("acme/one")).toBeNull();
  });

  it("is the same to the last digit, whenever it is asked for", async () => {
    const odd = { inputTokens: 101, cacheReadTokens: 33, cacheWriteTokens: 0, outputTokens: 17 };
    const id = "openai/gpt-5.2";
    const first = await priceOf(id, odd);
    for (let time = 0; time < 3; time += 1) expect(await priceOf(id, odd)).toBe(first);
  });

  it("is nothing for a script", async () => {
    expect(await priceOf("scripted/demo.yaml", usage)).toBe(0);
    expect(await pricePerMTok("scripted/demo.yaml")).toEqual({ input: 0, output: 0 });
  });
});
