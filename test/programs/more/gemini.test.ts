import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { gemini } from "../../../src/agents/programs/gemini.ts";
import { noUsage } from "../../../src/core/usage.ts";
import type { Fault, NormalisedRequest, ServerTurn } from "../../model-server/types.ts";
import { installProgram } from "../../support/npm-program.ts";
import { openProgram, textsOf, tryProgram, type Tried } from "../harness.ts";

const bin = await installProgram("gemini");
const setup = { program: gemini, bin, model: { name: "gemini-2.5-pro", api: "google" } } as const;

function inTurn(...turns: ServerTurn[]): () => ServerTurn {
  let next = 0;
  return () => turns[Math.min(next++, turns.length - 1)] ?? { say: "done" };
}

function failing(fault: Fault): Promise<Tried> {
  return tryProgram({ ...setup, reply: () => ({ say: "half a word", fault }), turn: { prompt: "Go." } });
}

it("edits a file, runs a command and tells what it does, says and uses", async () => {
  const reply = inTurn(
    { say: "I write it.", call: { tool: "write_file", file_path: "a.txt", content: "A\n" } },
    { call: { tool: "run_shell_command", command: "cat a.txt > b.txt" } },
    { say: "It is done.", usage: { ...noUsage, inputTokens: 100, cacheReadTokens: 30, outputTokens: 20 } },
  );
  await using bench = await openProgram({ ...setup, reply, files: { "AGENTS.md": "Mind the geese." } });
  const newSession = randomUUID();
  const { end, events } = await bench.run({ prompt: "/init is a word", system: "Be a heron.", newSession });
  expect(end).toEqual({ type: "done" });
  expect(await bench.read("b.txt")).toBe("A\n");
  expect(events[0]).toEqual({ type: "session", id: newSession });
  expect(textsOf(events, "said")).toEqual(["I write it.", "It is done."]);
  expect(textsOf(events, "activity")).toContain("write_file a.txt");
  expect(events.find(({ type }) => type === "used")).toMatchObject({
    scope: "total",
    model: "gemini-2.5-pro",
  });
  const [first] = bench.server.calls();
  expect(first?.body).toContain("Be a heron.");
  // agentx's prompt has what counts of it.
  expect(first?.body).not.toContain("Mind the geese.");
  expect(first?.body).toContain("/init is a word");
  expect(first?.toolNames).not.toContain("google_web_search");
  expect(first?.toolNames).not.toContain("enter_plan_mode");
  expect(bench.server.calls().every(({ model }) => model === "gemini-2.5-pro")).toBe(true);
  expect((await bench.homeFiles()).every((file) => file.startsWith(".gemini/"))).toBe(true);
});

it("has no tools that write where nothing may be written", async () => {
  const { requests } = await tryProgram({
    ...setup,
    reply: () => ({ say: "x" }),
    turn: { prompt: "Look.", readOnly: true },
  });
  const tools = requests.flatMap(({ call }) => call?.toolNames ?? []);
  expect(tools).toContain("run_shell_command");
  expect(tools).not.toContain("write_file");
  expect(tools).not.toContain("replace");
});

it("goes on with a session, and says when it is not there", async () => {
  await using bench = await openProgram({ ...setup, reply: () => ({ say: "Yes." }) });
  const newSession = randomUUID();
  await bench.run({ prompt: "The word is marzipan.", newSession });
  const { end, events } = await bench.run({ prompt: "Which word?", session: newSession });
  expect(end).toEqual({ type: "done" });
  expect(events[0]).toEqual({ type: "session", id: newSession });
  expect(said(bench.server.calls().at(-1))).toContain("marzipan");
  const lost = await bench.run({ prompt: "Which word?", session: randomUUID() });
  expect(lost.end).toMatchObject({ type: "failed", why: "no-session" });
});

it("takes a long prompt whole", async () => {
  const prompt = `${"0123456789 word\n".repeat(37_000)}THE END`;
  const { end, requests } = await tryProgram({ ...setup, reply: () => ({ say: "Long." }), turn: { prompt } });
  expect(end).toEqual({ type: "done" });
  expect(said(requests.find(({ call }) => call)?.call ?? undefined)).toContain(prompt);
});

it("has a file for a prompt of five megabytes, of which it would say nothing at all", async () => {
  const prompt = `${"0123456789 word\n".repeat(330_000)}THE END`;
  const reply = inTurn(
    {
      call: {
        tool: "run_shell_command",
        command: "wc -c < ~/.gemini/agentx-prompt.md; tail -c 7 ~/.gemini/agentx-prompt.md",
      },
    },
    { say: "I read it." },
  );
  const { end, requests } = await tryProgram({ ...setup, reply, turn: { prompt } });
  expect(end).toEqual({ type: "done" });
  const results = requests
    .flatMap(({ call }) => call?.messages ?? [])
    .flatMap(({ toolResults }) => toolResults);
  expect(results.map(({ text }) => text).join()).toMatch(/5280007\s+THE END/);
});

it.each<[string, Fault, string]>([
  ["a refused key", { type: "status", status: 401, message: "API key not valid" }, "login"],
  [
    "a bad key",
    { type: "status", status: 400, message: "API key not valid. Please pass a valid API key." },
    "login",
  ],
  [
    "a long conversation",
    {
      type: "status",
      status: 400,
      message: "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
    },
    "context",
  ],
  ["an unknown model", { type: "status", status: 404, message: "models/x is not found" }, "model"],
  [
    "a rate limit",
    { type: "status", status: 429, message: "Resource has been exhausted", retryAfter: 1 },
    "rate-limit",
  ],
  ["a broken server", { type: "status", status: 500 }, "unreachable"],
  ["a reset", { type: "reset" }, "unreachable"],
  ["a cut stream", { type: "cut", afterBytes: 300 }, "unreachable"],
  ["an early end", { type: "early-end" }, "unreachable"],
])("tells %s apart", async (_what, fault, why) => {
  const { end } = await failing(fault);
  expect(end).toMatchObject({ type: "failed", why });
});

it("says that the model declined", async () => {
  const { end } = await tryProgram({ ...setup, reply: () => ({ stop: "refusal" }), turn: { prompt: "Go." } });
  expect(end).toMatchObject({ type: "failed", why: "refused" });
});

it("is gone soon after an abort, though its model hangs", async () => {
  await using bench = await openProgram({
    ...setup,
    reply: () => ({ fault: { type: "hang", afterBytes: 0 } }),
  });
  const abort = new AbortController();
  const running = bench.run({ prompt: "Go.", signal: abort.signal });
  await expect.poll(() => bench.server.calls().length, { timeout: 20_000 }).toBe(1);
  const begun = performance.now();
  abort.abort();
  expect((await running).end).toMatchObject({ type: "failed", why: "killed" });
  expect(performance.now() - begun).toBeLessThan(3_000);
  expect(await processesIn(bench)).not.toContain("gemini");
});

it("tells a kill", async () => {
  const reply = inTurn({ call: { tool: "run_shell_command", command: "kill -9 $PPID" } });
  const { end } = await tryProgram({ ...setup, reply, turn: { prompt: "Go." } });
  expect(end).toMatchObject({ type: "failed", why: "killed" });
});

function said(call: NormalisedRequest | undefined): string {
  return (call?.messages ?? []).map(({ text }) => text).join("\n");
}

async function processesIn(bench: Awaited<ReturnType<typeof openProgram>>): Promise<string> {
  const command = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '";
  return (await bench.sandbox.exec({ command, timeoutMs: 5_000 })).output;
}
