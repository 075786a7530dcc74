import { describe, expect, it } from "vitest";
import { pi } from "../../../src/agents/programs/pi.ts";
import type { Exit } from "../../../src/agents/programs/program.ts";
import type { GuestEnd } from "../../../src/agents/guest/guest.ts";
import { argAfter, someOptions } from "./some-options.ts";

const usage = { input: 10, output: 2, cacheRead: 3, cacheWrite: 4, totalTokens: 19, cost: { total: 0.5 } };

const message = (changes: object = {}): object => ({
  role: "assistant",
  model: "m",
  provider: "anthropic",
  content: [{ type: "text", text: "Fine." }],
  stopReason: "stop",
  usage,
  ...changes,
});

function endLine(changes: object = {}, willRetry = false): string {
  const messages = [{ role: "user", content: "Go." }, message(changes), { role: "toolResult", content: [] }];
  return JSON.stringify({ type: "agent_end", messages, willRetry });
}

function endOf(errorMessage: string, stopReason = "error"): GuestEnd | undefined {
  const [event] = pi.parseLine(endLine({ stopReason, errorMessage }));
  return event?.type === "ended" ? event.end : undefined;
}

const exit = (changes: Partial<Exit> = {}): Exit => ({
  how: { type: "exited", exitCode: 0 },
  stderr: "",
  told: { type: "done" },
  denied: [],
  ...changes,
});

describe("a line of pi's", () => {
  it("tells session, words, tools and the usage of a call", () => {
    const state = { type: "response", command: "get_state", success: true, data: { sessionId: "abc" } };
    expect(pi.parseLine(JSON.stringify(state))).toEqual([{ type: "session", id: "abc" }]);
    const tokens = { inputTokens: 10, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };
    expect(pi.parseLine(JSON.stringify({ type: "message_end", message: message() }))).toEqual([
      { type: "said", text: "Fine." },
      { type: "used", scope: "call", model: "m", usage: tokens, usd: 0.5 },
    ]);
    const tool = { type: "tool_execution_start", toolCallId: "t", toolName: "edit", args: { path: "a.ts" } };
    expect(pi.parseLine(JSON.stringify(tool))).toEqual([{ type: "activity", text: "edit a.ts" }]);
  });

  it("is an end by the last message, and none before a retry", () => {
    expect(pi.parseLine(endLine())).toEqual([{ type: "ended", end: { type: "done" } }]);
    expect(pi.parseLine(endLine({ stopReason: "error", errorMessage: "529" }, true))).toEqual([]);
  });

  it.each([
    ['401 {"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}', "login"],
    ['OpenAI API error (401): {"message":"Incorrect API key provided"}', "login"],
    ['{"error":{"code":401,"message":"API key not valid","status":"UNAUTHENTICATED"}}', "login"],
    ["No API key found for anthropic. Use /login", "login"],
    ['404 {"type":"error","error":{"type":"not_found_error","message":"model: m"}}', "model"],
    ['429 {"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}', "rate-limit"],
    ['OpenAI API error (429): {"message":"…","type":"insufficient_quota"}', "quota"],
    ['400 {"error":{"message":"Your credit balance is too low"}}', "quota"],
    ['400 {"error":{"message":"prompt is too long: 250000 tokens > 200000 maximum"}}', "context"],
    ["529 overloaded", "unreachable"],
    ["terminated", "unreachable"],
    ["Connection error.", "unreachable"],
    ["Anthropic stream ended before message_stop", "unreachable"],
    ["The model refused to complete the request", "refused"],
    ["something else", "error"],
  ])("tells %s", (errorMessage, why) => {
    expect(endOf(errorMessage)).toEqual({ type: "failed", why, message: errorMessage });
  });

  it("does not take a cut answer or an abort for done", () => {
    expect(endOf("", "length")).toMatchObject({ type: "failed", why: "error" });
    expect(endOf("", "aborted")).toMatchObject({ type: "failed", why: "error" });
  });

  it("tells that a call is tried again", () => {
    const line = {
      type: "auto_retry_start",
      attempt: 1,
      maxAttempts: 3,
      delayMs: 2000,
      errorMessage: "529 x",
    };
    const text = "529 x: tries again in 2 s (1 of 3)";
    expect(pi.parseLine(JSON.stringify(line))).toEqual([{ type: "retrying", text }]);
  });

  it("is over when it has settled or the prompt was not taken", () => {
    const refused =
      '{"type":"response","command":"prompt","success":false,"error":"No API key found for x.\\n\\nSee:"}';
    expect(pi.isOver?.('{"type":"agent_settled"}')).toBe(true);
    expect(pi.isOver?.(refused)).toBe(true);
    expect(pi.parseLine(refused)).toEqual([
      { type: "ended", end: { type: "failed", why: "login", message: "No API key found for x." } },
    ]);
    expect(pi.isOver?.(endLine())).toBe(false);
    expect(pi.isOver?.('{"type":"response","command":"steer","success":false,"error":"late"}')).toBe(false);
  });

  it.each(["", "plain words", "{", '{"type":"agent_end"}', '{"type":"message_update"}', "null"])(
    "is nothing where it is %j",
    (line) => expect(pi.parseLine(line)).toEqual([]),
  );
});

describe("pi's end", () => {
  it("is never believed by its exit code", () => {
    expect(pi.readEnd(exit())).toEqual({ type: "done" });
    expect(pi.readEnd(exit({ told: null }))).toMatchObject({ type: "failed", why: "error" });
    const told: GuestEnd = { type: "failed", why: "login", message: "401" };
    expect(pi.readEnd(exit({ told }))).toEqual(told);
  });

  it("tells a signal, a lost session and bad flags apart", () => {
    expect(pi.readEnd(exit({ how: { type: "killed", signal: "SIGKILL" } }))).toMatchObject({ why: "killed" });
    const how: Exit["how"] = { type: "exited", exitCode: 1 };
    const lost = exit({ how, told: null, stderr: "No session found matching 'x'\n" });
    expect(pi.readEnd(lost)).toMatchObject({ why: "no-session" });
    expect(pi.readEnd(exit({ how, told: null, stderr: "Error: Unknown option: --x\n" }))).toMatchObject({
      why: "start",
    });
  });
});

describe("pi's start", () => {
  it.each([
    ["anthropic", "anthropic", { baseUrl: "http://127.0.0.1:4000/anthropic", apiKey: "agentx-gateway" }],
    ["openai", "openai", { baseUrl: "http://127.0.0.1:4000/openai/v1", apiKey: "agentx-gateway" }],
    ["google", "google", { baseUrl: "http://127.0.0.1:4000/google/v1beta", apiKey: "agentx-gateway" }],
    [
      "openai-chat",
      "agentx",
      {
        baseUrl: "http://127.0.0.1:4000/openai/v1",
        apiKey: "agentx-gateway",
        api: "openai-completions",
        models: [{ id: "some-model" }],
      },
    ],
  ] as const)("leads %s through the door", (api, name, provider) => {
    const { args, files } = pi.start(someOptions({ model: { id: "x/some-model", name: "some-model", api } }));
    expect(JSON.parse(files[".pi/agent/models.json"] ?? "")).toEqual({ providers: { [name]: provider } });
    expect(argAfter(args, "--provider")).toBe(name);
    expect(argAfter(args, "--model")).toBe("some-model");
  });

  it("keeps out of the way of its own login", () => {
    const { args, files } = pi.start(someOptions({ credentials: "own" }));
    expect(JSON.parse(files[".pi/agent/models.json"] ?? "")).toEqual({ providers: {} });
    expect(args).not.toContain("--provider");
    expect(argAfter(args, "--model")).toBe("anthropic/claude-opus-5-5");
    expect(pi.start(someOptions({ credentials: "own", model: null })).args).not.toContain("--model");
  });

  it("never begins a new session where one is to be gone on with", () => {
    expect(argAfter(pi.start(someOptions()).args, "--session-id")).toBe(
      "6f1c3a52-93a3-4b4c-8b53-000000000001",
    );
    const { args } = pi.start(someOptions({ session: "old" }));
    expect(argAfter(args, "--session")).toBe("old");
    expect(args).not.toContain("--session-id");
  });

  it("takes back the rules of an earlier start", () => {
    expect(pi.start(someOptions({ system: "" })).files[".pi/agent/APPEND_SYSTEM.md"]).toBe("");
  });
});
