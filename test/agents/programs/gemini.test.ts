import { describe, expect, it } from "vitest";
import { readGeminiExit } from "../../../src/agents/programs/gemini-end.ts";
import { startReadingGemini } from "../../../src/agents/programs/gemini-lines.ts";
import { startGemini } from "../../../src/agents/programs/gemini-start.ts";
import type { Exit, StartOptions } from "../../../src/agents/programs/program.ts";
import { doorUrls } from "../../../src/agents/guest/door.ts";
import type { GuestEvent } from "../../../src/agents/guest/guest.ts";

const options: StartOptions = {
  role: "implement",
  system: "RULES",
  prompt: "Go.",
  session: null,
  newSession: "new-id",
  model: { id: "google/gemini-2.5-pro", name: "gemini-2.5-pro", api: "google" },
  credentials: "gateway",
  web: false,
  urls: doorUrls("http://127.0.0.1:1"),
  readOnly: false,
  home: "/home/agent",
  root: "/work",
};

function read(...lines: object[]): GuestEvent[] {
  return lines.map((line) => JSON.stringify(line)).flatMap(startReadingGemini());
}

describe("starting", () => {
  it("takes the door with the gateway, and neither address nor key with its own login", () => {
    expect(startGemini(options).env).toMatchObject({
      GOOGLE_GEMINI_BASE_URL: "http://127.0.0.1:1/google",
      GEMINI_API_KEY: "agentx-gateway",
    });
    const own = startGemini({ ...options, credentials: "own", model: null });
    expect(own.env).not.toHaveProperty("GOOGLE_GEMINI_BASE_URL");
    expect(own.env).not.toHaveProperty("GEMINI_API_KEY");
    expect(own.args).not.toContain("--model");
    expect(own.files[".gemini/settings.json"]).toContain("oauth-personal");
    expect(own.files[".gemini/settings.json"]).not.toContain("google_web_search");
  });

  it("never lets a prompt be a command, and puts a huge one into a file", () => {
    expect(startGemini({ ...options, prompt: "/quit now" }).stdin).toBe("\n/quit now");
    const prompt = "x".repeat(700_000);
    const { stdin, files } = startGemini({ ...options, prompt });
    expect(stdin).toContain("/home/agent/.gemini/agentx-prompt.md");
    expect(files[".gemini/agentx-prompt.md"]).toBe(prompt);
  });

  it("names a new session and goes on with an old one", () => {
    expect(startGemini(options).args.slice(-2)).toEqual(["--session-id", "new-id"]);
    expect(startGemini({ ...options, session: "old-id" }).args.slice(-2)).toEqual(["--resume", "old-id"]);
  });
});

describe("lines", () => {
  it("puts words together, and takes thoughts from the total", () => {
    const stats = { input_tokens: 100, output_tokens: 3, total_tokens: 120, cached: 40 };
    const events = read(
      { type: "init", session_id: "s1", model: "m" },
      { type: "message", role: "user", content: "Go." },
      { type: "message", role: "assistant", content: "I ", delta: true },
      { type: "message", role: "assistant", content: "look.", delta: true },
      { type: "tool_use", tool_name: "read_file", tool_id: "t1", parameters: { file_path: "a.txt" } },
      {
        type: "tool_result",
        tool_id: "t1",
        status: "error",
        error: { type: "policy_violation", message: "no" },
      },
      { type: "something_new" },
      { type: "result", status: "success", stats: { ...stats, models: { m: stats } } },
    );
    const usage = { inputTokens: 60, cacheReadTokens: 40, cacheWriteTokens: 0, outputTokens: 20 };
    expect(events).toEqual([
      { type: "session", id: "s1" },
      { type: "said", text: "I look." },
      { type: "activity", text: "read_file a.txt" },
      { type: "denied", tool: "read_file" },
      { type: "used", scope: "total", model: "m", usage, usd: null },
      { type: "ended", end: { type: "done" } },
    ]);
  });

  it("keeps the error that the result leaves out", () => {
    const message = "The model response was blocked due to safety settings.";
    const events = read({ type: "error", severity: "error", message }, { type: "result", status: "error" });
    expect(events.at(-1)).toEqual({ type: "ended", end: { type: "failed", why: "refused", message } });
  });

  it("passes over what is no event", () => {
    const reader = startReadingGemini();
    expect(["", "Warning: x", "{", '{"type":"init"}', "[1]"].flatMap(reader)).toEqual([]);
  });
});

describe("ends", () => {
  const exit = (exitCode: number, more: Partial<Exit> = {}): Exit => ({
    how: { type: "exited", exitCode },
    stderr: "",
    told: null,
    denied: [],
    ...more,
  });

  it.each([
    [41, "login"],
    [42, "start"],
    [53, "limit"],
    [55, "start"],
    [145, "login"],
    [148, "model"],
    [173, "rate-limit"],
    [247, "unreachable"],
    [137, "killed"],
    [1, "error"],
    [0, "error"],
  ])("reads exit code %i as %s", (exitCode, why) => {
    expect(readGeminiExit(exit(exitCode))).toMatchObject({ type: "failed", why });
  });

  it("believes neither a good exit after a bad end nor a good end before a bad exit", () => {
    const bad = { type: "failed", why: "refused", message: "no" } as const;
    expect(readGeminiExit(exit(0, { told: bad }))).toEqual(bad);
    expect(readGeminiExit(exit(1, { told: { type: "done" } }))).toMatchObject({ type: "failed" });
    expect(readGeminiExit(exit(0, { told: { type: "done" } }))).toEqual({ type: "done" });
  });

  it("tells a lost session", () => {
    const stderr = "Warning: colours\nError resuming session: No previous sessions found for this project.\n";
    expect(readGeminiExit(exit(42, { stderr }))).toMatchObject({ why: "no-session" });
  });
});
