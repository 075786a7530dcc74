import { describe, expect, it } from "vitest";
import { opencode } from "../../../src/agents/programs/opencode.ts";
import type { Exit, StartOptions } from "../../../src/agents/programs/program.ts";
import { doorUrls } from "../../../src/agents/guest/door.ts";
import type { GuestEnd, GuestEvent, GuestTrouble, ModelApi } from "../../../src/agents/guest/guest.ts";

const options: StartOptions = {
  role: "implement",
  system: "RULES",
  prompt: "Do it.",
  session: null,
  newSession: "6f1c3a52-93a3-4b4c-8b53-000000000001",
  model: { id: "acme/m-1", name: "m-1", api: "anthropic" },
  credentials: "gateway",
  web: false,
  urls: doorUrls("http://127.0.0.1:4000"),
  readOnly: false,
  home: "/home/agent",
  root: "/work",
};

function config(more: Partial<StartOptions>): unknown {
  const { files } = opencode.start({ ...options, ...more });
  return JSON.parse(files[".config/opencode/opencode.json"] ?? "");
}

function read(...lines: string[]): GuestEvent[] {
  const readLine = opencode.startReading?.() ?? opencode.parseLine;
  return lines.flatMap(readLine).filter(({ type }) => type !== "session");
}

function line(type: string, more: object): string {
  return JSON.stringify({ type, timestamp: 1795378667348, sessionID: "ses_dfb17a9e4ffe", ...more });
}

function step(reason: string): string {
  const tokens = { total: 7524, input: 7000, output: 4, reasoning: 8, cache: { write: 500, read: 12 } };
  return line("step_finish", { part: { type: "step-finish", reason, tokens, cost: 0 } });
}

function failed(name: string, data: object): string {
  return line("error", { error: { name, data } });
}

function exit(more: Partial<Exit>): GuestEnd {
  return opencode.readEnd({
    how: { type: "exited", exitCode: 0 },
    stderr: "",
    told: null,
    denied: [],
    ...more,
  });
}

const said = line("text", { part: { type: "text", text: "I work.", time: { start: 1, end: 2 } } });
const used = line("tool_use", {
  part: {
    type: "tool",
    tool: "bash",
    callID: "call_1",
    state: { status: "completed", input: { command: "npm test", description: "tests" }, output: "" },
  },
});

describe("how opencode is started", () => {
  it("gets the prompt on stdin and is named no title to ask for", () => {
    const start = opencode.start(options);
    expect(start).toMatchObject({ stdin: "Do it.", keepsInput: false });
    expect(start.args).toContain("--title");
    expect(start.files[".config/opencode/agentx.md"]).toBe("RULES");
    expect(config({})).toMatchObject({ instructions: ["/home/agent/.config/opencode/agentx.md"] });
  });

  it.for<[ModelApi, string, string]>([
    ["anthropic", "anthropic", "http://127.0.0.1:4000/anthropic/v1"],
    ["openai", "openai", "http://127.0.0.1:4000/openai/v1"],
    ["google", "google", "http://127.0.0.1:4000/google/v1beta"],
    ["openai-chat", "agentx", "http://127.0.0.1:4000/openai/v1"],
  ])("finds %s at the door", ([api, id, baseURL]) => {
    const model = { id: "acme/m-1", name: "m-1", api };
    const { args } = opencode.start({ ...options, model });
    expect(args).toContain(`${id}/m-1`);
    expect(config({ model })).toMatchObject({
      enabled_providers: [id],
      provider: { [id]: { options: { baseURL, timeout: false }, models: { "m-1": {} } } },
    });
  });

  it("names the model as it calls it itself where it uses its own login", () => {
    const start = opencode.start({ ...options, credentials: "own" });
    expect(start.args).toContain("acme/m-1");
    expect(JSON.stringify(start)).not.toMatch(/agentx-gateway|4000\/anthropic/);
    expect(opencode.start({ ...options, credentials: "own", model: null }).args).not.toContain("--model");
  });

  it("may edit only where the role may", () => {
    expect(config({})).not.toMatchObject({ permission: { edit: "deny" } });
    expect(config({ readOnly: true })).toMatchObject({ permission: { edit: "deny" } });
  });

  it("goes on with a session", () => {
    expect(opencode.start({ ...options, session: "ses_1" }).args.slice(-2)).toEqual(["--session", "ses_1"]);
  });
});

describe("what opencode tells", () => {
  it("tells its session once", () => {
    const readLine = opencode.startReading?.() ?? opencode.parseLine;
    const events = [said, used, step("stop")].flatMap(readLine);
    expect(events.filter(({ type }) => type === "session")).toEqual([
      { type: "session", id: "ses_dfb17a9e4ffe" },
    ]);
  });

  it("tells its words, its deeds and its usage, and the end with the last step", () => {
    expect(read(line("step_start", { part: {} }), said, used, step("tool-calls"), step("stop"))).toEqual([
      { type: "said", text: "I work." },
      { type: "activity", text: "bash npm test" },
      expect.objectContaining({ type: "used" }),
      {
        type: "used",
        scope: "call",
        model: null,
        usage: { inputTokens: 7000, cacheReadTokens: 12, cacheWriteTokens: 500, outputTokens: 12 },
        usd: null,
      },
      { type: "ended", end: { type: "done" } },
    ]);
  });

  it("tells a tool that was not allowed", () => {
    const error = "The user rejected permission to use this specific tool call.";
    const state = { status: "error", input: { filePath: "b.txt" }, error };
    expect(read(line("tool_use", { part: { tool: "write", state } }))).toContainEqual({
      type: "denied",
      tool: "write",
    });
  });

  it("takes an answer without an end for one that is asked for again", () => {
    expect(read(said, step("unknown")).at(-1)).toMatchObject({ type: "retrying" });
  });

  it("takes an empty end for a refusal", () => {
    const empty = line("text", { part: { text: "" } });
    expect(read(empty, step("stop")).at(-1)).toMatchObject({ end: { type: "failed", why: "refused" } });
    expect(read(step("content-filter")).at(-1)).toMatchObject({ end: { type: "failed", why: "refused" } });
  });

  it("is not over when its conversation got too long, as it shortens it and goes on", () => {
    const isOver = opencode.isOver ?? (() => false);
    expect(isOver(failed("ContextOverflowError", { message: "Too long." }))).toBe(false);
    expect(isOver(failed("APIError", { message: "No.", statusCode: 400 }))).toBe(true);
    expect([step("tool-calls"), step("unknown"), step("stop"), said].map(isOver)).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it("passes over what is no event", () => {
    expect(read("text", "{", "{}", `{"type":"step_finish"}`, line("reasoning", { part: {} }))).toEqual([]);
  });
});

const failures: [GuestTrouble, string, object][] = [
  ["login", "APIError", { message: "told to fail", statusCode: 401, isRetryable: false }],
  ["login", "ProviderAuthError", { providerID: "x", message: "no key" }],
  ["model", "APIError", { message: "The model does not exist", statusCode: 404 }],
  ["rate-limit", "APIError", { message: "told to fail", statusCode: 429 }],
  ["quota", "APIError", { message: "You exceeded your current quota", statusCode: 429 }],
  ["quota", "APIError", { message: "Your credit balance is too low", statusCode: 400 }],
  ["unreachable", "APIError", { message: "told to fail", statusCode: 500 }],
  ["unreachable", "UnknownError", { message: "The socket connection was closed unexpectedly." }],
  ["context", "ContextOverflowError", { message: "Your input exceeds the context window of this model." }],
  ["refused", "ContentFilterError", { message: "The response was blocked by the provider's content filter" }],
  ["error", "APIError", { message: "bad thing", statusCode: 400 }],
];

describe("how opencode ended", () => {
  it.for(failures)("tells %s from an error: %s %o", ([why, name, data]) => {
    expect(read(failed(name, data)).at(-1)).toMatchObject({ type: "ended", end: { type: "failed", why } });
  });

  it("is done after an error that it recovered from, unless it crashed then", () => {
    const told: GuestEnd = { type: "done" };
    const how = { type: "exited", exitCode: 1 } as const;
    expect(exit({ told, how })).toEqual(told);
    expect(exit({ told, how, stderr: "\u001b[91m\u001b[1mError: \u001b[0mUnexpected error" })).toMatchObject({
      type: "failed",
    });
    expect(exit({ told, how: { type: "killed", signal: "SIGKILL" } })).toMatchObject({ why: "killed" });
  });

  it("is not done where it exits in the middle of its work", () => {
    expect(exit({})).toMatchObject({ type: "failed", why: "error" });
    expect(exit({ denied: ["write"] })).toMatchObject({
      message: "It stopped because it was not allowed: write.",
    });
  });

  it.for<[GuestTrouble, string]>([
    ["no-session", "\u001b[91m\u001b[1mError: \u001b[0mSession not found"],
    ["start", "opencode run [message..]\n\nrun opencode with a message\n\nOptions:\n  -h, --help"],
  ])("tells %s from what it says on stderr", ([why, stderr]) => {
    expect(exit({ how: { type: "exited", exitCode: 1 }, stderr })).toMatchObject({ type: "failed", why });
  });
});
