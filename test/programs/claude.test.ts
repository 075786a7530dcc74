import { expect, it } from "vitest";
import { claude } from "../../src/agents/programs/claude.ts";
import type { ScriptCall } from "../../src/models/script.ts";
import { describeSandboxed } from "../sandbox/support.ts";
import { installProgram } from "../support/npm-program.ts";
import { openProgram, textsOf, tryProgram } from "./harness.ts";
import { inTurn, lastToolText } from "./turns.ts";

describeSandboxed("claude in the sandbox", async () => {
  const bin = await installProgram("claude");
  const bash = (command: string): ScriptCall => ({ tool: "Bash", command, description: "a command" });

  it("edits the worktree and tells what it does", async () => {
    const write = { tool: "Bash", command: "printf 'hello\\n' > greeting.txt", description: "write" };
    const tried = await tryProgram({
      program: claude,
      bin,
      files: { "README.md": "# A project\n" },
      turn: { prompt: "Write a greeting." },
      reply: inTurn({ say: "I write it.", call: write }, { say: "Done: greeting.txt." }),
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(tried.worktree).toEqual(["README.md", "greeting.txt"]);
    expect(textsOf(tried.events, "said")).toEqual(["I write it.", "Done: greeting.txt."]);
    expect(textsOf(tried.events, "activity")).toEqual(["Bash printf 'hello\\n' > greeting.txt"]);
    expect(tried.events[0]?.type).toBe("session");
    const used = tried.events.findLast(({ type }) => type === "used");
    expect(used).toMatchObject({ scope: "call", model: "test-model" });
  });

  it("offers only tools that make sense here, in a small first request", async () => {
    const tried = await tryProgram({
      program: claude,
      bin,
      turn: { prompt: "/help is no command here", system: "SYSTEM-MARK" },
      reply: inTurn({ say: "Nothing to do." }),
    });
    const calls = tried.requests.flatMap(({ call }) => call ?? []);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.toolNames.toSorted()).toEqual(["Bash", "Edit", "Read", "Write"]);
    expect(calls[0]?.bytes).toBeLessThan(20_000);
    expect(calls[0]?.system).toContain("SYSTEM-MARK");
    expect(calls[0]?.messages.at(-1)?.text).toContain("/help is no command here");
  });

  it("cannot write files where it may only read", async () => {
    const turn = { prompt: "Look.", readOnly: true };
    const tried = await tryProgram({ program: claude, bin, turn, reply: inTurn({ say: "Seen." }) });
    expect(tried.requests.flatMap(({ call }) => call?.toolNames ?? []).toSorted()).toEqual(["Bash", "Read"]);
  });

  it("takes no settings, hooks, skills or instructions from the worktree", async () => {
    const hook = { hooks: [{ type: "command", command: "touch hooked.txt" }] };
    const settings = {
      hooks: { SessionStart: [hook], UserPromptSubmit: [hook] },
      env: { FROM_SETTINGS: "yes" },
    };
    const tried = await tryProgram({
      program: claude,
      bin,
      files: {
        "CLAUDE.md": "PROJECT-MARK\n",
        "AGENTS.md": "PROJECT-MARK\n",
        ".claude/settings.json": JSON.stringify(settings),
        ".claude/skills/x/SKILL.md": "---\nname: x\ndescription: PROJECT-MARK\n---\nBody\n",
        ".mcp.json": JSON.stringify({ mcpServers: { evil: { command: "touch", args: ["mcp.txt"] } } }),
      },
      turn: { prompt: "Go." },
      reply: inTurn({ call: bash("echo settings: $FROM_SETTINGS.") }, { say: "Done." }),
    });
    expect(tried.worktree.filter((file) => file.endsWith(".txt"))).toEqual([]);
    const bodies = tried.requests.map(({ body }) => body).join("\n");
    expect(bodies).not.toContain("PROJECT-MARK");
    expect(lastToolText(tried.requests.at(-1)?.call ?? undefined)).toBe("settings: .");
  });

  it("gives its commands the door and no key", async () => {
    const command = "command -v agentx; echo door=$AGENTX_DOOR; echo key=$ANTHROPIC_API_KEY; echo home=$HOME";
    const reply = inTurn({ call: bash(command) }, { say: "Done." });
    await using bench = await openProgram({ program: claude, bin, reply });
    await bench.run({ prompt: "Go." });
    const text = lastToolText(bench.server.calls().at(-1));
    expect(text).toContain(`door=${await bench.sandbox.openDoor()}`);
    expect(text).toMatch(/^\/\S*agentx$/m);
    expect(text).toContain("key=agentx-gateway");
    expect(text).toContain(`home=${bench.sandbox.home}`);
  });

  it("goes on with a session, under the rules of this start", async () => {
    const reply = inTurn({ say: "The word is heron." }, { say: "It was heron." });
    await using bench = await openProgram({ program: claude, bin, reply });
    const newSession = "6f1c3a52-93a3-4b4c-8b53-000000000001";
    const first = await bench.run({ prompt: "Think of a word.", newSession, system: "RULES-ONE" });
    expect(first.events).toContainEqual({ type: "session", id: newSession });
    const second = await bench.run({ prompt: "Which word?", session: newSession, system: "RULES-TWO" });
    expect(second.end).toEqual({ type: "done" });
    expect(second.events).toContainEqual({ type: "session", id: newSession });
    const call = bench.server.calls().at(-1);
    expect(call?.messages.map(({ text }) => text).join("\n")).toMatch(
      /Think of a word[^]*heron[^]*Which word/,
    );
    expect(call?.system).toContain("RULES-TWO");
    expect(call?.system).not.toContain("RULES-ONE");
    // Usage is of this start, although the session is longer.
    const used = second.events.findLast((event) => event.type === "used");
    expect(used?.usage.inputTokens).toBe(Math.ceil((call?.bytes ?? 0) / 4));
  });

  it("says that a session is not there", async () => {
    const turn = { prompt: "Go on.", session: "6f1c3a52-93a3-4b4c-8b53-00000000dead" };
    const { end } = await tryProgram({ program: claude, bin, turn, reply: inTurn({ say: "?" }) });
    expect(end).toMatchObject({ type: "failed", why: "no-session" });
  });

  it("gives a note to the running turn", async () => {
    const notes = ["Use tabs, please."];
    let isWorking = false;
    const reply = inTurn({ call: bash("sleep 2; echo slept") }, { say: "With tabs." });
    const tried = await tryProgram({
      program: claude,
      bin,
      reply,
      turn: {
        prompt: "Go.",
        onEvent: ({ type }) => void (isWorking ||= type === "activity"),
        takeNotes: () => (isWorking ? notes.splice(0) : []),
      },
    });
    const calls = tried.requests.flatMap(({ call }) => call ?? []);
    expect(calls).toHaveLength(2);
    expect(calls[0]?.body).not.toContain("Use tabs");
    expect(calls[1]?.body).toContain("Use tabs, please.");
    expect(tried.end).toEqual({ type: "done" });
  });

  it("gives a note that comes during the last answer a turn of its own", async () => {
    const notes = ["And the tests?"];
    let isAnswering = false;
    const slowly = (): { say: string; pauseMs: number } => {
      isAnswering = true;
      return { say: "All done, it seems to me.", pauseMs: 3_000 };
    };
    const tried = await tryProgram({
      program: claude,
      bin,
      reply: inTurn(slowly, { say: "The tests too." }),
      turn: { prompt: "Go.", takeNotes: () => (isAnswering ? notes.splice(0) : []) },
    });
    expect(tried.end).toEqual({ type: "done" });
    expect(textsOf(tried.events, "said")).toEqual(["All done, it seems to me.", "The tests too."]);
    expect(tried.requests.at(-1)?.body).toContain("And the tests?");
  });

  it("uses its own login where it may", async () => {
    const login = {
      accessToken: "sk-ant-oat01-own",
      refreshToken: "r",
      expiresAt: 9e12,
      scopes: ["user:inference"],
    };
    const file = ".claude/.credentials.json";
    expect(claude.credentialFiles).toEqual([file]);
    const homeFiles = { [file]: JSON.stringify({ claudeAiOauth: login }) };
    await using bench = await openProgram({
      program: claude,
      bin,
      homeFiles,
      reply: inTurn({ say: "Hello." }),
    });
    // Its vendor is out of reach here, so the door stands in for it.
    const env = { ANTHROPIC_BASE_URL: `${await bench.sandbox.openDoor()}/anthropic` };
    const { end } = await bench.run({ prompt: "Go.", credentials: "own", env });
    expect(end).toEqual({ type: "done" });
    expect(bench.server.calls()[0]?.headers.authorization).toBe("Bearer sk-ant-oat01-own");
  });
});
