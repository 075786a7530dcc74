import { describe, expect, it } from "vitest";
import { claude } from "../../../src/agents/programs/claude.ts";
import type { Exit } from "../../../src/agents/programs/program.ts";
import type { GuestEnd } from "../../../src/agents/guest/guest.ts";
import { argAfter, someOptions } from "./some-options.ts";

/** A result as the program writes it: `type` is far from the first key. */
function resultLine(changes: object = {}): string {
  return JSON.stringify({
    duration_api_ms: 5,
    stop_reason: "end_turn",
    session_id: "s",
    total_cost_usd: 9,
    modelUsage: { m: { inputTokens: 900, outputTokens: 90, costUSD: 9 } },
    permission_denials: [],
    terminal_reason: "completed",
    is_error: false,
    num_turns: 1,
    subtype: "success",
    api_error_status: null,
    result: "Fine.",
    type: "result",
    model_usage_since_last_result: {
      m: {
        inputTokens: 10,
        outputTokens: 2,
        cacheReadInputTokens: 3,
        cacheCreationInputTokens: 4,
        costUSD: 0.5,
      },
    },
    ...changes,
  });
}

function endOf(changes: object): GuestEnd | undefined {
  const ended = claude.parseLine(resultLine(changes)).find((event) => event.type === "ended");
  return ended?.end;
}

const exit = (changes: Partial<Exit> = {}): Exit => ({
  how: { type: "exited", exitCode: 0 },
  stderr: "",
  told: { type: "done" },
  denied: [],
  ...changes,
});

describe("a line of claude's", () => {
  it("is a result wherever its type stands, with the usage of this start alone", () => {
    const usage = { inputTokens: 10, outputTokens: 2, cacheReadTokens: 3, cacheWriteTokens: 4 };
    expect(claude.parseLine(resultLine())).toEqual([
      { type: "used", scope: "call", model: "m", usage, usd: 0.5 },
      { type: "ended", end: { type: "done" } },
    ]);
  });

  it.each([
    [
      "a success that is an error",
      { is_error: true, api_error_status: 401, result: "Invalid API key" },
      "login",
    ],
    ["no permission", { is_error: true, api_error_status: 403, result: "no permission" }, "login"],
    ["a login that is missing", { is_error: true, result: "Not logged in · Please run /login" }, "login"],
    ["an unknown model", { is_error: true, api_error_status: 404, result: "There's an issue" }, "model"],
    [
      "a rate limit",
      { is_error: true, api_error_status: 429, result: "Request rejected (429)" },
      "rate-limit",
    ],
    ["a used up plan", { is_error: true, api_error_status: 429, result: "You've hit your limit" }, "quota"],
    [
      "an empty account",
      { is_error: true, api_error_status: 400, result: "Credit balance is too low" },
      "quota",
    ],
    ["an overloaded vendor", { is_error: true, api_error_status: 529, result: "Overloaded" }, "unreachable"],
    [
      "a lost connection",
      { is_error: true, api_error: "connection_failed", result: "dropped" },
      "unreachable",
    ],
    [
      "a full window",
      { is_error: true, terminal_reason: "prompt_too_long", result: "Prompt is too long" },
      "context",
    ],
    ["a refusal", { is_error: true, stop_reason: "refusal", result: "safeguards" }, "refused"],
    ["too many turns", { is_error: true, subtype: "error_max_turns" }, "limit"],
    ["too much money", { is_error: true, subtype: "error_max_budget_usd" }, "limit"],
    ["an interrupt", { is_error: true, subtype: "error_during_execution" }, "error"],
    ["an error without its mark", { is_error: false, subtype: "error_during_execution" }, "error"],
    [
      "a lost session",
      { is_error: true, result: "", errors: ["No conversation found with session ID: x"] },
      "no-session",
    ],
  ])("tells %s", (_name, changes, why) => {
    expect(endOf(changes)).toMatchObject({ type: "failed", why });
  });

  it("names what was denied, although all went well", () => {
    const events = claude.parseLine(
      resultLine({ permission_denials: [{ tool_name: "WebFetch", tool_input: {} }] }),
    );
    expect(events).toContainEqual({ type: "denied", tool: "WebFetch" });
    expect(events).toContainEqual({ type: "ended", end: { type: "done" } });
  });

  it("tells the session, what is said and what is done", () => {
    const init = { type: "system", subtype: "init", session_id: "abc", tools: [] };
    expect(claude.parseLine(JSON.stringify(init))).toEqual([{ type: "session", id: "abc" }]);
    const content = [
      { type: "thinking", thinking: "hm", signature: "s" },
      { type: "text", text: "I look." },
      { type: "tool_use", id: "t", name: "Bash", input: { command: "npm\n test", description: "d" } },
    ];
    const assistant = { type: "assistant", message: { model: "m", content }, parent_tool_use_id: null };
    expect(claude.parseLine(JSON.stringify(assistant))).toEqual([
      { type: "said", text: "I look." },
      { type: "activity", text: "Bash npm test" },
    ]);
  });

  it("does not take the program's own words for the model's", () => {
    const content = [{ type: "text", text: "API Error: 529" }];
    const line = JSON.stringify({ type: "assistant", message: { model: "<synthetic>", content } });
    expect(claude.parseLine(line)).toEqual([]);
  });

  it("tells that a call is tried again", () => {
    const line = {
      type: "system",
      subtype: "api_retry",
      attempt: 1,
      max_retries: 2,
      retry_delay_ms: 1079,
      error_status: 429,
      error: "rate_limit",
    };
    expect(claude.parseLine(JSON.stringify(line))).toEqual([
      { type: "retrying", text: "rate_limit (429): tries again in 2 s (1 of 2)" },
    ]);
    const reset = { ...line, error_status: null, error: "unknown" };
    expect(claude.parseLine(JSON.stringify(reset))[0]).toMatchObject({
      text: expect.stringMatching(/^unknown: /),
    });
  });

  it.each([
    "",
    "plain words",
    "{",
    '{"type":"result"}',
    "[1]",
    '{"type":"system","subtype":"status"}',
    "null",
  ])("is nothing where it is %j", (line) => expect(claude.parseLine(line)).toEqual([]));
});

describe("claude's end", () => {
  it("is what it told where the exit agrees", () => {
    expect(claude.readEnd(exit())).toEqual({ type: "done" });
    const told: GuestEnd = { type: "failed", why: "login", message: "no" };
    expect(claude.readEnd(exit({ how: { type: "exited", exitCode: 1 }, told }))).toEqual(told);
    // As after SIGINT: the exit code is 0 all the same.
    expect(claude.readEnd(exit({ told }))).toEqual(told);
  });

  it("is the worse of what it told and how it went", () => {
    expect(claude.readEnd(exit({ how: { type: "exited", exitCode: 1 } }))).toMatchObject({ why: "error" });
    const killed = exit({ how: { type: "killed", signal: "SIGKILL" } });
    expect(claude.readEnd(killed)).toMatchObject({
      why: "killed",
      message: expect.stringContaining("SIGKILL"),
    });
    expect(claude.readEnd(exit({ how: { type: "exited", exitCode: 143 }, told: null }))).toMatchObject({
      why: "killed",
    });
  });

  it("is a failure where nothing was told", () => {
    expect(claude.readEnd(exit({ told: null }))).toMatchObject({ type: "failed", why: "error" });
    const flags = exit({
      how: { type: "exited", exitCode: 1 },
      told: null,
      stderr: "error: unknown option '--x'\n",
    });
    expect(claude.readEnd(flags)).toMatchObject({ why: "start", message: "error: unknown option '--x'" });
  });
});

describe("claude's start", () => {
  it("goes through the door with the gateway's credentials", () => {
    const { env, args, files } = claude.start(someOptions());
    expect(env).toMatchObject({
      ANTHROPIC_BASE_URL: "http://127.0.0.1:4000/anthropic",
      ANTHROPIC_API_KEY: "agentx-gateway",
      CLAUDE_CONFIG_DIR: "/home/agent/.claude",
    });
    expect(argAfter(args, "--model")).toBe("claude-opus-5-5");
    expect(JSON.parse(argAfter(args, "--mcp-config") ?? "")).toEqual({
      mcpServers: { agentx: { type: "http", url: "http://127.0.0.1:4000/mcp" } },
    });
    const file = argAfter(args, "--append-system-prompt-file") ?? "";
    expect(files[file.slice("/home/agent/".length)]).toBe("The rules.");
  });

  it("keeps out of the way of its own login", () => {
    const { env, args } = claude.start(someOptions({ credentials: "own", model: null }));
    expect(Object.keys(env).filter((name) => name.startsWith("ANTHROPIC_"))).toEqual([]);
    expect(args).not.toContain("--model");
  });

  it("begins a session with our id or goes on with one", () => {
    const fresh = claude.start(someOptions()).args;
    expect(argAfter(fresh, "--session-id")).toBe("6f1c3a52-93a3-4b4c-8b53-000000000001");
    const { args } = claude.start(someOptions({ session: "old" }));
    expect(argAfter(args, "--resume")).toBe("old");
    expect(args).not.toContain("--session-id");
  });

  it("gives prompt and notes as lines that are no command", () => {
    expect(JSON.parse(claude.start(someOptions({ prompt: "a\nb" })).stdin)).toEqual({
      type: "user",
      message: { role: "user", content: [{ type: "text", text: "a\nb" }] },
    });
    expect(claude.noteLine?.("/clear")).toContain('" /clear"');
    expect(claude.noteLine?.("a\nb").trimEnd()).not.toContain("\n");
  });
});
