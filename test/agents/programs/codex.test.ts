import { describe, expect, it } from "vitest";
import { codex } from "../../../src/agents/programs/codex.ts";
import type { Exit, StartOptions } from "../../../src/agents/programs/program.ts";
import { doorUrls } from "../../../src/agents/guest/door.ts";
import type { GuestEnd, GuestEvent, GuestTrouble } from "../../../src/agents/guest/guest.ts";

const options: StartOptions = {
  role: "implement",
  system: "RULES",
  prompt: "Do it.",
  session: null,
  newSession: "6f1c3a52-93a3-4b4c-8b53-000000000001",
  model: { id: "openai/gpt-5.5", name: "gpt-5.5", api: "openai" },
  credentials: "gateway",
  web: false,
  urls: doorUrls("http://127.0.0.1:4000"),
  readOnly: false,
  home: "/home/agent",
  root: "/work",
};

function config(more: Partial<StartOptions>): string {
  return codex.start({ ...options, ...more }).files[".codex/config.toml"] ?? "";
}

function read(...lines: string[]): GuestEvent[] {
  const readLine = codex.startReading?.() ?? codex.parseLine;
  return lines.flatMap(readLine);
}

function endOf(message: string): GuestEnd | undefined {
  return read(JSON.stringify({ type: "turn.failed", error: { message } })).flatMap((event) =>
    event.type === "ended" ? [event.end] : [],
  )[0];
}

function exit(more: Partial<Exit>): GuestEnd {
  return codex.readEnd({ how: { type: "exited", exitCode: 0 }, stderr: "", told: null, denied: [], ...more });
}

const started = `{"type":"thread.started","thread_id":"01a204e4-0d08-7501-a914-41a5e6c35e63"}`;
const said = `{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"I patch."}}`;
const completed = `{"type":"turn.completed","usage":{"input_tokens":41128,"cached_input_tokens":1000,"cache_write_input_tokens":28,"output_tokens":77,"reasoning_output_tokens":7}}`;

describe("how codex is started", () => {
  it("has its web search only where the worker may use the web", () => {
    expect(config({})).toContain('web_search = "disabled"');
    expect(config({ web: true })).toContain('web_search = "live"');
  });

  it("gets the prompt on stdin, and its rules and addresses from a file", () => {
    const start = codex.start(options);
    expect(start.args.slice(0, 2)).toEqual(["exec", "--json"]);
    expect(start.args.at(-1)).toBe("-");
    expect(start).toMatchObject({ stdin: "Do it.", keepsInput: false });
    expect(start.env["CODEX_HOME"]).toBe("/home/agent/.codex");
    expect(config({})).toContain('developer_instructions = "RULES"');
    expect(config({})).toContain('base_url = "http://127.0.0.1:4000/openai/v1"');
    expect(config({})).toContain('url = "http://127.0.0.1:4000/mcp"');
  });

  it("goes on with a session", () => {
    const { args } = codex.start({ ...options, session: "abc" });
    expect(args.slice(0, 2)).toEqual(["exec", "resume"]);
    expect(args.slice(-2)).toEqual(["abc", "-"]);
  });

  it("keeps temporary files away from its own folder, wherever HOME is", () => {
    expect(codex.start(options).env["TMPDIR"]).toBe("/tmp");
    expect(codex.start({ ...options, home: "/tmp/x/home" }).env["TMPDIR"]).toBe("/tmp/x/home/tmp");
  });

  it("is told of no provider and no key where it uses its own login", () => {
    const start = codex.start({ ...options, credentials: "own" });
    expect(config({ credentials: "own" })).not.toMatch(/model_provider|4000\/openai|web_search/);
    expect(JSON.stringify(start.env)).not.toContain("agentx-gateway");
    expect(config({ credentials: "own", model: null })).not.toContain("\nmodel = ");
  });

  it("writes any text as TOML takes it", () => {
    const system = 'a "b" \\ \n \u007f \ud800';
    expect(config({ system })).toContain(
      String.raw`developer_instructions = "a \"b\" \\ \n \u007f ` + '\ufffd"',
    );
  });

  it("puts a prompt that is too long for it into a file", () => {
    const prompt = "x".repeat(1_100_000);
    const start = codex.start({ ...options, prompt });
    expect(start.stdin).toContain("/home/agent/.codex/agentx-prompt.md");
    expect(start.files[".codex/agentx-prompt.md"]).toBe(prompt);
  });
});

describe("what codex tells", () => {
  it("tells its session, its words and its usage", () => {
    expect(read(started, `{"type":"turn.started"}`, said, completed)).toEqual([
      { type: "session", id: "01a204e4-0d08-7501-a914-41a5e6c35e63" },
      { type: "said", text: "I patch." },
      {
        type: "used",
        scope: "total",
        model: null,
        usage: { inputTokens: 40100, cacheReadTokens: 1000, cacheWriteTokens: 28, outputTokens: 77 },
        usd: null,
      },
      { type: "ended", end: { type: "done" } },
    ]);
  });

  it.for([
    [
      `{"type":"item.started","item":{"id":"item_2","type":"command_execution","command":"/bin/bash -c 'npm test'","aggregated_output":"","exit_code":null,"status":"in_progress"}}`,
      "exec npm test",
    ],
    [
      `{"type":"item.started","item":{"id":"item_1","type":"file_change","changes":[{"path":"/w/a.txt","kind":"update"},{"path":"/w/b.txt","kind":"add"}],"status":"in_progress"}}`,
      "edit /w/a.txt /w/b.txt",
    ],
    [
      `{"type":"item.completed","item":{"id":"item_5","type":"file_change","changes":[{"path":"/proc/x/y.txt","kind":"add"}],"status":"failed"}}`,
      "edit failed: /proc/x/y.txt",
    ],
    [
      `{"type":"item.started","item":{"id":"item_4","type":"mcp_tool_call","server":"agentx","tool":"ask","arguments":{"question":"q?"},"result":null,"error":null,"status":"in_progress"}}`,
      "agentx ask",
    ],
  ])("shows what it does: %s", ([line = "", text]) => {
    expect(read(line)).toEqual([{ type: "activity", text }]);
  });

  it("tells a deed once", () => {
    const item = `"item":{"id":"item_6","type":"command_execution","command":"/bin/bash -lc ls","aggregated_output":"","exit_code":0,"status":"completed"}`;
    expect(read(`{"type":"item.started",${item}}`, `{"type":"item.completed",${item}}`)).toHaveLength(1);
  });

  it("takes a warning neither for a deed nor for an end", () => {
    const warning = `{"type":"item.completed","item":{"id":"item_2","type":"error","message":"Model metadata for \`x\` not found."}}`;
    const lines = ["not json", "{", `{"type":"else"}`, warning, `{"type":"error","message":"Bad."}`];
    expect(read(...lines)).toEqual([]);
  });

  it("takes a reconnection for no end", () => {
    const message =
      "Reconnecting... 1/2 (stream disconnected before completion: stream closed before response.completed)";
    expect(read(JSON.stringify({ type: "error", message }))).toEqual([{ type: "retrying", text: message }]);
  });

  it("takes a turn with neither words nor deeds for a refusal", () => {
    expect(read(started, completed).at(-1)).toMatchObject({ end: { type: "failed", why: "refused" } });
  });
});

const failures: [GuestTrouble, string][] = [
  ["login", "unexpected status 401 Unauthorized: told to fail, url: http://127.0.0.1:34463/v1/responses"],
  ["login", "Missing environment variable: `AGENTX_KEY`."],
  ["model", "The model `gpt-99` does not exist or you do not have access to it."],
  ["model", "The 'gpt-99' model is not supported when using Codex with a ChatGPT account."],
  ["rate-limit", "exceeded retry limit, last status: 429 Too Many Requests"],
  ["quota", "Quota exceeded. Check your plan and billing details."],
  ["quota", "You've hit your usage limit. Try again at 3:00 PM."],
  [
    "context",
    "Codex ran out of room in the model's context window. Start a new thread or clear earlier history.",
  ],
  ["unreachable", "We’re currently experiencing high demand, which may cause temporary errors."],
  [
    "unreachable",
    "unexpected status 503 Service Unavailable: told to fail, url: http://127.0.0.1:1/v1/responses",
  ],
  ["unreachable", "stream disconnected before completion: error sending request"],
  ["error", "Incomplete response returned, reason: max_output_tokens"],
];

describe("how codex ended", () => {
  it.for(failures)("tells %s from its words: %s", ([why, message]) => {
    expect(endOf(message)).toEqual({ type: "failed", why, message });
  });

  it("takes the words out of a vendor's answer", () => {
    const message = `{"error":{"message":"bad thing","type":"invalid_request_error","param":null,"code":null}}`;
    expect(endOf(message)).toEqual({ type: "failed", why: "error", message: "bad thing" });
  });

  it("believes the exit code where it is worse than the words", () => {
    const told: GuestEnd = { type: "done" };
    expect(exit({ told })).toEqual({ type: "done" });
    expect(exit({ told, how: { type: "exited", exitCode: 1 } })).toMatchObject({ why: "error" });
    expect(exit({ told, how: { type: "killed", signal: "SIGKILL" } })).toMatchObject({ why: "killed" });
    expect(exit({})).toMatchObject({ type: "failed", why: "error" });
  });

  it.for<[GuestTrouble, number, string]>([
    [
      "no-session",
      1,
      "Error: thread/resume: thread/resume failed: no rollout found for thread id 01a2 (code -32600)",
    ],
    [
      "context",
      1,
      `Error: turn/start failed: Input exceeds the maximum length of 1048576 characters. (code -32602), data: {"input_error_code":"input_too_large"}`,
    ],
    ["start", 2, "error: unexpected argument '--bogus' found"],
    ["start", 1, 'Error loading config.toml: `wire_api = "chat"` is no longer supported.'],
  ])("tells %s from what it says on stderr", ([why, exitCode, stderr]) => {
    expect(exit({ how: { type: "exited", exitCode }, stderr })).toMatchObject({ type: "failed", why });
  });
});
