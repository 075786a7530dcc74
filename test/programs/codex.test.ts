import { expect, it } from "vitest";
import { codex } from "../../src/agents/programs/codex.ts";
import type { GuestEvent } from "../../src/agents/guest/guest.ts";
import type { ScriptCall } from "../../src/models/script.ts";
import { describeSandboxed } from "../sandbox/support.ts";
import { installProgram } from "../support/npm-program.ts";
import { openProgram, textsOf, tryProgram } from "./harness.ts";
import { inTurn, lastToolText } from "./turns.ts";

const known = { name: "gpt-5.5", api: "openai" } as const;
const exec = (cmd: string): ScriptCall => ({ tool: "exec_command", cmd });
const patch = (...lines: string[]): ScriptCall => ({
  tool: "apply_patch",
  input: `${["*** Begin Patch", ...lines, "*** End Patch"].join("\n")}\n`,
});

describeSandboxed("codex in the sandbox", async () => {
  const bin = await installProgram("codex");

  it("edits the worktree with a patch and with a command, and asks nothing of any other network", async () => {
    const tried = await tryProgram({
      program: codex,
      bin,
      model: known,
      files: { "greeting.txt": "hello\n" },
      turn: { prompt: "Greet.", system: 'SYSTEM-MARK "quoted" \\ and \u007f' },
      reply: inTurn(
        { say: "I patch.", call: patch("*** Update File: greeting.txt", "@@", "-hello", "+good day") },
        { call: exec("cat greeting.txt > copy.txt") },
        { say: "Done." },
      ),
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(tried.worktree).toEqual(["copy.txt", "greeting.txt"]);
    expect(textsOf(tried.events, "said")).toEqual(["I patch.", "Done."]);
    expect(textsOf(tried.events, "activity")).toEqual([
      expect.stringMatching(/^edit \S*greeting\.txt$/),
      "exec cat greeting.txt > copy.txt",
    ]);
    const calls = tried.requests.flatMap(({ call }) => call ?? []);
    expect(calls.map(({ path }) => path)).toEqual(Array(3).fill("/openai/v1/responses"));
    expect(calls[0]?.body).toContain(String.raw`SYSTEM-MARK \"quoted\" \\ and`);
    expect(calls[0]?.toolNames).not.toContain("web_search");
    expect(calls[0]?.bytes).toBeLessThan(45_000);
    expect(tried.ms).toBeLessThan(20_000);
  });

  it("gives its commands the door, agentx and a HOME", async () => {
    const command = "command -v agentx; echo door=$AGENTX_DOOR; echo home=$HOME";
    const reply = inTurn({ call: exec(command) }, { say: "Done." });
    await using bench = await openProgram({ program: codex, bin, model: known, reply });
    await bench.run({ prompt: "Go." });
    const text = lastToolText(bench.server.calls().at(-1));
    expect(text).toContain(`door=${await bench.sandbox.openDoor()}`);
    expect(text).toMatch(/^\/\S*agentx$/m);
    expect(text).toContain(`home=${bench.sandbox.home}`);
  });

  it("works with a model that it does not know", async () => {
    const reply = inTurn({ call: exec("echo new > new.txt") }, { say: "Done." });
    const tried = await tryProgram({
      program: codex,
      bin,
      turn: { prompt: "Go." },
      reply,
      model: { ...known, name: "gpt-99" },
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(tried.worktree).toEqual(["new.txt"]);
  });

  it("goes on with a session, and counts its usage from the beginning of the session", async () => {
    const reply = inTurn({ say: "The word is heron." }, { say: "It was heron." });
    await using bench = await openProgram({ program: codex, bin, model: known, reply });
    const first = await bench.run({ prompt: "Think of a word.", system: "RULES" });
    const session = idOf(first.events);
    expect(session).toMatch(/^[0-9a-f-]{36}$/);
    const second = await bench.run({ prompt: "Which word?", system: "RULES", session });
    expect(second.end).toEqual({ type: "done" });
    expect(idOf(second.events)).toBe(session);
    const call = bench.server.calls().at(-1);
    expect(call?.messages.map(({ text }) => text).join("\n")).toMatch(
      /Think of a word[^]*heron[^]*Which word/,
    );
    expect(call?.body.match(/RULES/g)).toHaveLength(1);
    const [before, after] = [...first.events, ...second.events].flatMap((event) =>
      event.type === "used" ? [event.usage.outputTokens] : [],
    );
    expect(after).toBeGreaterThan(before ?? Infinity);
  });

  it("says that a session is not there", async () => {
    const turn = { prompt: "Go on.", session: "01a204e5-d963-7842-b1ac-af7775a7dead" };
    const tried = await tryProgram({ program: codex, bin, turn, reply: inTurn({ say: "?" }) });
    expect(tried.end).toMatchObject({ type: "failed", why: "no-session" });
    expect(tried.requests.filter(({ call }) => call !== null)).toEqual([]);
  });

  it("takes a prompt as long as it may be, and reads a longer one from a file", async () => {
    const reply = inTurn({ say: "Read." });
    await using bench = await openProgram({ program: codex, bin, model: known, reply });
    const short = await bench.run({ prompt: `${"x".repeat(900_000)}SHORT-END` });
    expect(short.end).toEqual({ type: "done" });
    expect(bench.server.calls()[0]?.body).toContain("xSHORT-END");
    const long = await bench.run({ prompt: `${"x".repeat(3_900_000)}LONG-END` });
    expect(long.end).toEqual({ type: "done" });
    const said = bench.server.calls().at(-1)?.messages.at(-1)?.text ?? "";
    const [path = ""] = /\/\S+\.md/.exec(said) ?? [];
    const { output } = await bench.sandbox.exec({ command: `tail -c 9 ${path}`, timeoutMs: 10_000 });
    expect(output).toBe("xLONG-END");
  });

  it("reads neither configuration nor instructions of the worktree", async () => {
    const tried = await tryProgram({
      program: codex,
      bin,
      model: known,
      files: {
        "AGENTS.md": "PROJECT-MARK\n",
        ".codex/config.toml": 'model = "other"\ndeveloper_instructions = "PROJECT-MARK"\n',
      },
      turn: { prompt: "Go." },
      reply: inTurn({ say: "Done." }),
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(tried.requests.map(({ body }) => body).join("\n")).not.toContain("PROJECT-MARK");
    expect(tried.requests.find(({ call }) => call !== null)?.call?.model).toBe("gpt-5.5");
  });
});

function idOf(events: GuestEvent[]): string {
  return events.flatMap((event) => (event.type === "session" ? [event.id] : [])).at(-1) ?? "";
}
