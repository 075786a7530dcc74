import { expect, it } from "vitest";
import { opencode } from "../../../src/agents/programs/opencode.ts";
import type { GuestEvent, ModelApi } from "../../../src/agents/guest/guest.ts";
import type { ScriptCall } from "../../../src/models/script.ts";
import { describeSandboxed } from "../../sandbox/support.ts";
import { installProgram } from "../../support/npm-program.ts";
import { openProgram, textsOf, tryProgram } from "../harness.ts";
import { inTurn, lastToolText } from "../turns.ts";

const bash = (command: string): ScriptCall => ({ tool: "bash", command, description: "works" });

describeSandboxed("opencode in the sandbox", async () => {
  const bin = await installProgram("opencode");

  const paths: [ModelApi, string, string][] = [
    ["anthropic", "claude-opus-4-5", "/anthropic/v1/messages"],
    ["openai", "test-model", "/openai/v1/responses"],
    ["openai-chat", "vendor/test-model", "/openai/v1/chat/completions"],
    ["google", "test-model", "/google/v1beta/models/test-model:streamGenerateContent"],
  ];

  it.for(paths)("edits the worktree over %s", async ([api, name, path]) => {
    const tried = await tryProgram({
      program: opencode,
      bin,
      model: { name, api },
      files: { "README.md": "# A project\n" },
      turn: { prompt: "Write a greeting.", system: "SYSTEM-MARK" },
      reply: inTurn(
        { say: "I write it.", call: bash("echo hello > greeting.txt") },
        { say: "Done: greeting.txt." },
      ),
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(tried.worktree).toEqual(["README.md", "greeting.txt"]);
    expect(textsOf(tried.events, "said")).toEqual(["I write it.", "Done: greeting.txt."]);
    expect(textsOf(tried.events, "activity")).toEqual(["bash echo hello > greeting.txt"]);
    expect(tried.events.filter(({ type }) => type === "used")).toHaveLength(2);
    const calls = tried.requests.flatMap(({ call }) => call ?? []);
    expect(calls.map((call) => call.path)).toEqual([path, path]);
    expect(calls.map(({ model }) => model)).toEqual([name, name]);
    expect(calls[0]?.body).toContain("SYSTEM-MARK");
    expect(calls[0]?.bytes).toBeLessThan(40_000);
    expect(calls[0]?.toolNames).not.toContain("webfetch");
    expect(tried.ms).toBeLessThan(120_000);
  });

  it("offers no tool that edits where it may only read", async () => {
    const turn = { prompt: "Look.", readOnly: true };
    const call = { tool: "write", filePath: "x.txt", content: "x" };
    const tried = await tryProgram({
      program: opencode,
      bin,
      turn,
      reply: inTurn({ call }, { say: "Seen." }),
    });
    const names = tried.requests.flatMap(({ call: made }) => made?.toolNames ?? []);
    expect(names).toContain("read");
    expect(names.filter((name) => /^(write|edit|apply_patch)$/.test(name))).toEqual([]);
    expect(tried.worktree).toEqual([]);
  });

  it("gives its commands the door, agentx and a HOME", async () => {
    const command =
      "command -v agentx; echo door=$AGENTX_DOOR; echo home=$HOME; env | grep -c agentx-gateway";
    const reply = inTurn({ call: bash(command) }, { say: "Done." });
    await using bench = await openProgram({ program: opencode, bin, reply });
    await bench.run({ prompt: "Go." });
    const text = lastToolText(bench.server.calls().at(-1));
    expect(text).toContain(`door=${await bench.sandbox.openDoor()}`);
    expect(text).toMatch(/^\/\S*agentx$/m);
    expect(text).toContain(`home=${bench.sandbox.home}`);
    expect(text).toMatch(/^0$/m);
  });

  it("goes on with a session, and takes a prompt of five megabytes", async () => {
    const reply = inTurn({ say: "The word is heron." }, { say: "It was heron." });
    await using bench = await openProgram({ program: opencode, bin, reply });
    const first = await bench.run({ prompt: `Think of a word. ${"x".repeat(5_000_000)}PROMPT-END` });
    expect(first.end).toEqual({ type: "done" });
    expect(bench.server.calls()[0]?.body).toContain("xPROMPT-END");
    const session = idOf(first.events);
    expect(session).toMatch(/^ses_/);
    const second = await bench.run({ prompt: "Which word?", session });
    expect(second.end).toEqual({ type: "done" });
    expect(idOf(second.events)).toBe(session);
    const texts = bench.server
      .calls()
      .at(-1)
      ?.messages.map(({ text }) => text.slice(0, 40));
    expect(texts?.join("\n")).toMatch(/Think of a word[^]*heron[^]*Which word/);
  });

  it("says that a session is not there", async () => {
    const turn = { prompt: "Go on.", session: "ses_dfb1212c3ffeZMe0peZw6eDdqB" };
    const tried = await tryProgram({ program: opencode, bin, turn, reply: inTurn({ say: "?" }) });
    expect(tried.end).toMatchObject({ type: "failed", why: "no-session" });
    expect(tried.requests.filter(({ call }) => call !== null)).toEqual([]);
  });

  it("reads neither configuration nor instructions of the worktree", async () => {
    const tried = await tryProgram({
      program: opencode,
      bin,
      files: {
        "AGENTS.md": "PROJECT-MARK\n",
        "opencode.json": JSON.stringify({ plugin: ["agentx-no-such-plugin"], permission: { "*": "deny" } }),
        ".opencode/agent/build.md": "---\ndescription: x\n---\nPROJECT-MARK\n",
      },
      turn: { prompt: "Go." },
      reply: inTurn({ call: bash("echo new > new.txt") }, { say: "Done." }),
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(tried.worktree).toContain("new.txt");
    expect(tried.requests.map(({ body }) => body).join("\n")).not.toContain("PROJECT-MARK");
  });
});

function idOf(events: GuestEvent[]): string {
  return events.flatMap((event) => (event.type === "session" ? [event.id] : [])).at(-1) ?? "";
}
