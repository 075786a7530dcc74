import { expect, test } from "vitest";
import { printRequest } from "../../../src/gateway/cassette/print-request.ts";
import { aCall, conversation } from "./support.ts";

test("turns, tools, bytes and the operation of every protocol are told", () => {
  const anthropic = { ...conversation("a", "b"), tools: [{}, {}] };
  expect(printRequest(aCall({ body: anthropic }))).toMatchObject({
    operation: "messages",
    turns: 2,
    tools: 2,
    bytes: JSON.stringify(anthropic).length,
  });
  const openai = (input: unknown): unknown => printRequest(aCall({ api: "openai", body: { input } }));
  expect(openai([{}, {}, {}])).toMatchObject({ operation: "responses", turns: 3, tools: 0 });
  expect(openai("hello")).toMatchObject({ turns: 1 });
  expect(printRequest(aCall({ api: "openai-chat" }))).toMatchObject({ operation: "completions", turns: 1 });
  const google = {
    contents: [{}, {}],
    tools: [{ functionDeclarations: [{}, {}, {}] }, { googleSearch: {} }],
  };
  expect(printRequest(aCall({ api: "google", body: google }))).toMatchObject({
    operation: "streamGenerateContent",
    turns: 2,
    tools: 4,
  });
});

test("who asks, when and where does not count; what is asked does", () => {
  const one = {
    metadata: { user_id: "u1" },
    model: "m",
    ...conversation("in /w/1 on 2026-11-22: add login"),
  };
  const other = {
    ...conversation("in /v/9 on 2027-01-01: add login"),
    model: "m",
    metadata: { user_id: "u2" },
  };
  const print = (body: unknown, worktree: string): string =>
    printRequest(aCall({ body, paths: { worktree } })).hash;
  expect(print(one, "/w/1")).toBe(print(other, "/v/9"));
  expect(print(one, "/w/1")).not.toBe(print(other, "/elsewhere"));
  expect(print(one, "/w/1")).not.toBe(print({ ...one, ...conversation("add logout") }, "/w/1"));
  expect(print(one, "/w/1")).not.toBe(print({ ...one, system: "be brief" }, "/w/1"));
});

test("the last message is known by itself, whatever was said before it", () => {
  const [one, other] = [conversation("monday", "go on"), conversation("tuesday", "go on")].map((body) =>
    printRequest(aCall({ body })),
  );
  expect(one?.tail).toBe(other?.tail);
  expect(one?.hash).not.toBe(other?.hash);
});

test("nothing of the text is in it, and a body that is no JSON is taken too", () => {
  const print = printRequest(aCall({ body: conversation("TOP-SECRET-WORD") }));
  expect(JSON.stringify(print)).not.toMatch(/TOP|SECRET|WORD/i);
  expect(printRequest(aCall({ body: Buffer.from([0xff, 0, 1]) }))).toMatchObject({
    turns: 0,
    tools: 0,
    bytes: 3,
  });
  for (const body of [[], null, 5, { messages: 7 }, { messages: null, tools: "x" }]) {
    expect(() => printRequest(aCall({ body }))).not.toThrow();
  }
});
