import { describe, expect, it } from "vitest";
import { defaultModels } from "../../src/models/default-models.ts";
import { pickReviewer } from "../../src/models/pick-reviewer.ts";

const [claude, gpt, gemini] = ["anthropic/claude-opus-5-5", "openai/gpt-5.5", "google/gemini-3.8-flash"];

describe("the models of the roles", () => {
  it("are one of each vendor when all keys are there", () => {
    const chosen = defaultModels({ ANTHROPIC_API_KEY: "a", OPENAI_API_KEY: "o", GEMINI_API_KEY: "g" });
    expect(chosen?.models).toEqual({
      plan: [claude, gpt, gemini],
      implement: [claude, gpt, gemini],
      resolve: [claude, gpt, gemini],
      research: [gemini, claude, gpt],
      review: [gpt, gemini, claude],
    });
    expect(chosen?.who).toBe(`${claude} plans and implements, ${gemini} researches, ${gpt} reviews`);
  });

  it("are taken over by who is there", () => {
    const chosen = defaultModels({ OPENAI_API_KEY: "o", GOOGLE_API_KEY: "g" });
    expect(chosen?.models.implement).toEqual([gpt, gemini]);
    expect(chosen?.models.review).toEqual([gpt, gemini]);
    expect(defaultModels({ ANTHROPIC_API_KEY: "a" })?.who).toBe(
      `${claude} does everything, reviews included`,
    );
  });

  it("are none without a key", () => {
    expect(defaultModels({ ANTHROPIC_API_KEY: "" })).toBeNull();
  });
});

describe("the reviewer", () => {
  const sonnet = "anthropic/claude-sonnet-5-5";

  it("is another vendor's", () => {
    expect(pickReviewer([sonnet, gpt], claude)).toEqual({ model: gpt, same: false });
  });

  it("is another vendor's also behind one host", () => {
    const candidates = ["host/claude-sonnet-5", "host/gpt-5"];
    expect(pickReviewer(candidates, claude)).toEqual({ model: "host/gpt-5", same: false });
  });

  it("is another model where there is one vendor", () => {
    expect(pickReviewer([claude, sonnet], claude)).toEqual({ model: sonnet, same: false });
  });

  it("is another script", () => {
    const [one, two] = ["scripted/a.yaml", "scripted/b.yaml"];
    expect(pickReviewer([one, two], one)).toEqual({ model: two, same: false });
  });

  it("is the implementer when there is nobody else, and says so", () => {
    expect(pickReviewer([claude], claude)).toEqual({ model: claude, same: true });
  });

  it("is nobody without candidates", () => {
    expect(pickReviewer([], claude)).toBeNull();
  });
});
