import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createAcpGuest } from "../../../src/agents/acp/acp-guest.ts";
import { claude } from "../../../src/agents/programs/claude.ts";
import { codex } from "../../../src/agents/programs/codex.ts";
import { gemini } from "../../../src/agents/programs/gemini.ts";
import type { Fault, NormalisedRequest, ServerTurn } from "../../model-server/types.ts";
import { installProgram, type NpmProgram } from "../../support/npm-program.ts";
import { openProgram, textsOf, type ProgramBench } from "../harness.ts";
import { mcpDesk } from "../mcp-desk.ts";

type Case = {
  name: NpmProgram;
  args: string[];
  shell: (command: string) => ServerTurn;
  /** How it is to be called with its model. */
  program: typeof claude;
  model: { name: string; api: "anthropic" | "openai" | "google" };
};

const agents: Case[] = [
  {
    name: "gemini",
    args: ["--acp"],
    program: gemini,
    model: { name: "gemini-2.5-pro", api: "google" },
    shell: (command) => ({ call: { tool: "run_shell_command", command } }),
  },
  {
    name: "claude-agent-acp",
    args: [],
    program: claude,
    model: { name: "claude-opus-5-5", api: "anthropic" },
    shell: (command) => ({ call: { tool: "Bash", command, description: "x" } }),
  },
  {
    name: "codex-acp",
    args: [],
    program: codex,
    model: { name: "gpt-5.5", api: "openai" },
    shell: (cmd) => ({ call: { tool: "exec_command", cmd } }),
  },
];

async function open(one: Case, reply: (request: NormalisedRequest) => ServerTurn): Promise<ProgramBench> {
  const bin = await installProgram(one.name);
  const readOnly = [dirname(dirname(await realpath(bin)))];
  const guest = createAcpGuest({ command: one.name, args: one.args, file: join(bin, one.name), readOnly });
  const { program, model } = one;
  return openProgram({ program, guest, bin, model, reply, server: { handle: mcpDesk("Hurry.") } });
}

/** Side calls without tools, as for a title, are no turns. */
function inTurn(...turns: ServerTurn[]): (request: NormalisedRequest) => ServerTurn {
  let next = 0;
  return ({ toolNames }) =>
    toolNames.length === 0
      ? { say: "A title" }
      : (turns[Math.min(next++, turns.length - 1)] ?? { say: "done" });
}

async function processes(bench: ProgramBench): Promise<string> {
  const command = "cat /proc/[0-9]*/cmdline | tr '\\0' ' '";
  return (await bench.sandbox.exec({ command, timeoutMs: 5_000 })).output;
}

const faults: [string, Fault, string][] = [
  ["a refused key", { type: "status", status: 401, message: "API key not valid" }, "login"],
  [
    "a long conversation",
    { type: "status", status: 400, message: "prompt is too long: 200001 tokens > 200000 maximum" },
    "context",
  ],
  [
    "a rate limit",
    { type: "status", status: 429, retryAfter: 1, message: "rate limit exceeded" },
    "rate-limit",
  ],
  ["a broken server", { type: "status", status: 500 }, "unreachable"],
  ["an early end", { type: "early-end" }, "unreachable"],
];

describe.each(agents)("$name", (one) => {
  it("runs a command that lands, under our rules, and says what it did", async () => {
    await using bench = await open(
      one,
      inTurn({ say: "I begin.", ...one.shell("echo A > a.txt") }, { say: "Done." }),
    );
    const { end, events } = await bench.run({ prompt: "The word is marzipan.", system: "Be a heron." });
    expect(end).toEqual({ type: "done" });
    expect(await bench.read("a.txt")).toBe("A\n");
    expect(textsOf(events, "said")).toEqual(["I begin.", "Done."]);
    expect(textsOf(events, "activity").length).toBeGreaterThan(0);
    expect(events[0]?.type).toBe("session");
    expect(events.filter(({ type }) => type === "used")).toHaveLength(1);
    const body = bench.server.calls().find(({ toolNames }) => toolNames.length > 0)?.body ?? "";
    expect(body).toContain("Be a heron.");
    expect(body).toContain("marzipan");
    expect(bench.server.requests.some(({ path }) => path === "/mcp")).toBe(true);
    expect(bench.server.calls().every(({ model }) => model === one.model.name)).toBe(true);
    expect(await processes(bench)).not.toContain(one.name);
  });

  // This one calls the end of half an answer the end of its turn.
  const told = one.name === "gemini" ? faults.filter(([, { type }]) => type !== "early-end") : faults;

  it.each(told)("tells %s apart", async (_what, fault, why) => {
    await using bench = await open(one, () => ({ say: "Half a word", fault }));
    const { end } = await bench.run({ prompt: "Go." });
    expect(end).toMatchObject({ type: "failed", why });
  });

  it("is gone soon after an abort, though its model hangs", async () => {
    await using bench = await open(one, () => ({ fault: { type: "hang", afterBytes: 0 } }));
    const abort = new AbortController();
    const running = bench.run({ prompt: "Go.", signal: abort.signal });
    await expect.poll(() => bench.server.calls().length, { timeout: 20_000 }).toBeGreaterThan(0);
    const begun = performance.now();
    abort.abort();
    expect((await running).end).toMatchObject({ type: "failed", why: "killed" });
    expect(performance.now() - begun).toBeLessThan(3_000);
    expect(await processes(bench)).not.toContain(one.name);
  });
});

it.each(agents.slice(1))("$name goes on with a session, and says when it is not there", async (one) => {
  await using bench = await open(one, inTurn({ say: "Yes." }));
  const { events } = await bench.run({ prompt: "The word is marzipan." });
  const session = events.flatMap((event) => (event.type === "session" ? [event.id] : []))[0] ?? "none";
  const again = await bench.run({ prompt: "Which word?", session });
  expect(again.end).toEqual({ type: "done" });
  expect(textsOf(again.events, "said")).toEqual(["Yes."]);
  expect(bench.server.calls().findLast(({ toolNames }) => toolNames.length > 0)?.body).toContain("marzipan");
  const lost = await bench.run({ prompt: "Which word?", session: "00000000-0000-4000-8000-000000000000" });
  expect(lost.end).toMatchObject({ type: "failed", why: "no-session" });
});

it("rejects a change that an agent asks for where nothing may be changed, and allows a command", async () => {
  const [, one] = agents;
  if (one === undefined) throw new Error("no agents");
  const write = { tool: "Write", file_path: "/tmp/a.txt", content: "A" };
  await using bench = await open(
    one,
    inTurn({ call: write }, one.shell("touch /tmp/b.txt"), { say: "I may not." }),
  );
  const { events } = await bench.run({ prompt: "Go.", readOnly: true });
  expect(events.some(({ type }) => type === "denied")).toBe(true);
  const { output } = await bench.sandbox.exec({ command: "ls /tmp/a.txt /tmp/b.txt", timeoutMs: 5_000 });
  expect(output).toContain("\n/tmp/b.txt");
});
