import { expect, it } from "vitest";
import { pi } from "../../src/agents/programs/pi.ts";
import type { ModelApi } from "../../src/agents/guest/guest.ts";
import type { ScriptCall } from "../../src/models/script.ts";
import { describeSandboxed } from "../sandbox/support.ts";
import { installProgram } from "../support/npm-program.ts";
import { openProgram, textsOf, tryProgram } from "./harness.ts";
import { inTurn, lastToolText } from "./turns.ts";

describeSandboxed("pi in the sandbox", async () => {
  const bin = await installProgram("pi");
  const bash = (command: string): ScriptCall => ({ tool: "bash", command });

  const paths: [ModelApi, string][] = [
    ["anthropic", "/anthropic/v1/messages?beta=true"],
    ["openai", "/openai/v1/responses"],
    ["openai-chat", "/openai/v1/chat/completions"],
  ];

  it.for(paths)("edits the worktree over %s", async ([api, path]) => {
    const write = { tool: "write", path: "greeting.txt", content: "hello\n" };
    const tried = await tryProgram({
      program: pi,
      bin,
      model: { name: "test-model", api },
      files: { "README.md": "# A project\n" },
      turn: { prompt: "Write a greeting.", system: "SYSTEM-MARK" },
      reply: inTurn({ say: "I write it.", call: write }, { say: "Done: greeting.txt." }),
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(tried.worktree).toEqual(["README.md", "greeting.txt"]);
    expect(textsOf(tried.events, "said")).toEqual(["I write it.", "Done: greeting.txt."]);
    expect(textsOf(tried.events, "activity")).toEqual(["write greeting.txt"]);
    expect(tried.events.filter(({ type }) => type === "used")).toHaveLength(2);
    expect(tried.requests.map((request) => request.path)).toEqual([path, path]);
    expect(tried.requests[0]?.body).toContain("SYSTEM-MARK");
    expect(tried.requests[0]?.body.length).toBeLessThan(8_000);
  });

  it("speaks to google's models", async () => {
    const model = { name: "test-model", api: "google" as const };
    const reply = inTurn({ say: "Nothing to do." });
    const tried = await tryProgram({ program: pi, bin, model, turn: { prompt: "Look." }, reply });
    expect(tried.end).toEqual({ type: "done" });
    const path = "/google/v1beta/models/test-model:streamGenerateContent?alt=sse";
    expect(tried.requests.map((request) => request.path)).toEqual([path]);
  });

  it("offers no tool that writes where it may only read", async () => {
    const turn = { prompt: "Look.", readOnly: true };
    const tried = await tryProgram({ program: pi, bin, turn, reply: inTurn({ say: "Seen." }) });
    const names = tried.requests.flatMap(({ call }) => call?.toolNames ?? []);
    expect(names).toContain("read");
    expect(names).not.toContain("write");
    expect(names).not.toContain("edit");
  });

  it("takes no settings, extensions, skills or instructions from the worktree", async () => {
    const tried = await tryProgram({
      program: pi,
      bin,
      files: {
        "AGENTS.md": "PROJECT-MARK\n",
        ".pi/APPEND_SYSTEM.md": "PROJECT-MARK\n",
        ".pi/settings.json": JSON.stringify({ shellCommandPrefix: "touch prefixed.txt;" }),
        ".pi/extensions/x.ts":
          'import fs from "node:fs"; fs.writeFileSync("extended.txt", ""); export default () => {};',
        ".pi/skills/x/SKILL.md": "---\nname: x\ndescription: PROJECT-MARK\n---\nBody\n",
      },
      turn: { prompt: "/x Go." },
      reply: inTurn({ call: bash("echo hi") }, { say: "Done." }),
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(tried.worktree.filter((file) => file.endsWith(".txt"))).toEqual([]);
    expect(tried.requests.map(({ body }) => body).join("\n")).not.toContain("PROJECT-MARK");
    expect(tried.requests[0]?.call?.messages.at(-1)?.text).toBe("/x Go.");
  });

  it("gives its commands the door and no key", async () => {
    const command =
      "command -v agentx; echo door=$AGENTX_DOOR; env | grep -c agentx-gateway; echo home=$HOME";
    const reply = inTurn({ call: bash(command) }, { say: "Done." });
    await using bench = await openProgram({ program: pi, bin, reply });
    await bench.run({ prompt: "Go." });
    const text = lastToolText(bench.server.calls().at(-1));
    expect(text).toContain(`door=${await bench.sandbox.openDoor()}`);
    expect(text).toMatch(/^\/\S*agentx$/m);
    expect(text).toMatch(/^0$/m);
    expect(text).toContain(`home=${bench.sandbox.home}`);
  });

  it("goes on with a session, under the rules of this start", async () => {
    const reply = inTurn({ say: "The word is heron." }, { say: "It was heron." });
    await using bench = await openProgram({ program: pi, bin, reply });
    const newSession = "6f1c3a52-93a3-4b4c-8b53-000000000001";
    const first = await bench.run({ prompt: "Think of a word.", newSession, system: "RULES-ONE" });
    expect(first.events).toContainEqual({ type: "session", id: newSession });
    const second = await bench.run({ prompt: "Which word?", session: newSession, system: "RULES-TWO" });
    expect(second.end).toEqual({ type: "done" });
    expect(second.events).toContainEqual({ type: "session", id: newSession });
    expect(second.events.filter(({ type }) => type === "used")).toHaveLength(1);
    const call = bench.server.calls().at(-1);
    expect(call?.messages.map(({ text }) => text).join("\n")).toMatch(
      /Think of a word[^]*heron[^]*Which word/,
    );
    expect(call?.body).toContain("RULES-TWO");
  });

  it("says that a session is not there", async () => {
    const turn = { prompt: "Go on.", session: "6f1c3a52-93a3-4b4c-8b53-00000000dead" };
    const tried = await tryProgram({ program: pi, bin, turn, reply: inTurn({ say: "?" }) });
    expect(tried.end).toMatchObject({ type: "failed", why: "no-session" });
    expect(tried.requests).toEqual([]);
  });

  it("gives a note to the running turn", async () => {
    const notes = ["Use tabs, please."];
    let isWorking = false;
    const tried = await tryProgram({
      program: pi,
      bin,
      reply: inTurn({ call: bash("sleep 2; echo slept") }, { say: "With tabs." }),
      turn: {
        prompt: "Go.",
        onEvent: ({ type }) => void (isWorking ||= type === "activity"),
        takeNotes: () => (isWorking ? notes.splice(0) : []),
      },
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(tried.requests).toHaveLength(2);
    expect(tried.requests[1]?.body).toContain("Use tabs, please.");
  });

  it("gives a note that comes during the last answer a turn of its own", async () => {
    const notes = ["And the tests?"];
    let isAnswering = false;
    const slowly = (): { say: string; pauseMs: number } => {
      isAnswering = true;
      return { say: "All done, it seems to me.", pauseMs: 3_000 };
    };
    const tried = await tryProgram({
      program: pi,
      bin,
      reply: inTurn(slowly, { say: "The tests too." }),
      turn: { prompt: "Go.", takeNotes: () => (isAnswering ? notes.splice(0) : []) },
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(textsOf(tried.events, "said")).toEqual(["All done, it seems to me.", "The tests too."]);
    expect(tried.requests.at(-1)?.body).toContain("And the tests?");
  });

  it("finds its own login where it may", async () => {
    const [file] = pi.credentialFiles;
    const setup = { program: pi, bin, reply: inTurn({ say: "?" }) };
    const model = { id: "anthropic/claude-opus-4-5", name: "claude-opus-4-5", api: "anthropic" as const };
    const turn = { prompt: "Go.", credentials: "own" as const, model };
    expect((await tryProgram({ ...setup, turn })).end).toMatchObject({ why: "login" });
    // The vendor itself is out of reach here; that it was called says that there was a key.
    const homeFiles = { [file ?? ""]: JSON.stringify({ anthropic: { type: "api_key", key: "own" } }) };
    expect((await tryProgram({ ...setup, homeFiles, turn })).end).toMatchObject({ why: "unreachable" });
  });
});
