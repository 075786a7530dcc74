import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCommandGuest } from "../../../src/agents/command/command-guest.ts";
import { doorUrls } from "../../../src/agents/guest/door.ts";
import type { GuestEnd, GuestEvent, GuestTurn } from "../../../src/agents/guest/guest.ts";
import type { Sandbox, SandboxSpec } from "../../../src/sandbox/sandbox.ts";
import {
  describeSandboxed,
  eventually,
  openAt,
  processesWith,
  temporaryFolder,
} from "../../sandbox/support.ts";

type Bench = { root: string; home: string; sandbox: Sandbox; events: GuestEvent[] } & AsyncDisposable & {
    run: (command: string, changes?: Partial<GuestTurn>) => Promise<GuestEnd>;
  };

async function openBench(mostly: Required<SandboxSpec>["mostly"]): Promise<Bench> {
  const folder = temporaryFolder();
  const [root, home] = [join(folder.path, "root"), join(folder.path, "home")];
  mkdirSync(root);
  mkdirSync(home);
  const sandbox = await openAt(root, { home, mostly });
  const events: GuestEvent[] = [];
  const turn: GuestTurn = {
    sandbox,
    role: "implement",
    system: "The rules.",
    prompt: "Mend the cart; it's broken.",
    session: null,
    newSession: "id",
    model: { id: "anthropic/o'pus", name: "o'pus", api: "anthropic" },
    credentials: "gateway",
    web: false,
    urls: doorUrls("http://127.0.0.1:9"),
    env: {},
    readOnly: false,
    takeNotes: () => [],
    onEvent: (event) => void events.push(event),
    signal: new AbortController().signal,
  };
  return {
    root,
    home,
    sandbox,
    events,
    run: (command, changes = {}) => createCommandGuest({ command }).run({ ...turn, ...changes }),
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      folder[Symbol.dispose]();
    },
  };
}

for (const isAlone of [false, true])
  describeSandboxed(`a command as a worker, ${isAlone ? "alone in its sandbox" : "beside a helper"}`, () => {
    test("finds the prompt in a file and its model as one word, and its last lines are the note", async () => {
      await using bench = await openBench(isAlone ? "programs" : null);
      const end = await bench.run("cat {prompt_file}; echo; echo model {model}; echo mended > result.txt");
      expect(end).toEqual({ type: "done" });
      expect(readFileSync(join(bench.root, "result.txt"), "utf8")).toBe("mended\n");
      const lines = ["The rules.", "Mend the cart; it's broken.", "model o'pus"];
      expect(bench.events).toEqual([
        ...lines.map((text) => ({ type: "activity", text })),
        { type: "said", text: lines.join("\n") },
      ]);
    });

    test("is told of the door, the prompt's file and its own variables", async () => {
      await using bench = await openBench(isAlone ? "programs" : null);
      const names =
        "ANTHROPIC_BASE_URL ANTHROPIC_API_KEY OPENAI_BASE_URL OPENAI_API_KEY GOOGLE_GEMINI_BASE_URL GEMINI_API_KEY MINE";
      const show = `for name in ${names}; do eval "echo $name=\\$$name"; done; head -c 10 "$AGENTX_PROMPT_FILE"`;
      const said = async (changes: Partial<GuestTurn>): Promise<string | undefined> => {
        expect(await bench.run(show, { env: { MINE: "1" }, ...changes })).toEqual({ type: "done" });
        return bench.events.findLast((event) => event.type === "said")?.text;
      };
      expect(await said({})).toBe(
        [
          "ANTHROPIC_BASE_URL=http://127.0.0.1:9/anthropic",
          "ANTHROPIC_API_KEY=agentx-gateway",
          "OPENAI_BASE_URL=http://127.0.0.1:9/openai/v1",
          "OPENAI_API_KEY=agentx-gateway",
          "GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:9/google",
          "GEMINI_API_KEY=agentx-gateway",
          "MINE=1",
          "The rules.",
        ].join("\n"),
      );
      for (const credentials of ["own", "none"] as const)
        expect(await said({ credentials })).toContain("ANTHROPIC_BASE_URL=\nANTHROPIC_API_KEY=\n");
    });

    test("reads nothing on stdin, and keeps no more than its last lines", async () => {
      await using bench = await openBench(isAlone ? "programs" : null);
      expect(await bench.run("cat; seq 1 50; printf 'no newline'")).toEqual({ type: "done" });
      const said = bench.events.findLast((event) => event.type === "said");
      expect(said?.text.split("\n")[0]).toBe("31");
      expect(said?.text).toMatch(/\n50\nno newline$/);
    });

    test("is heard of a flood no more than a listener can bear", async () => {
      await using bench = await openBench(isAlone ? "programs" : null);
      expect(await bench.run("yes '' | head -n 300000; seq 100000; echo end")).toEqual({ type: "done" });
      expect(bench.events.length).toBeLessThan(50_000);
      expect(bench.events.at(-1)).toMatchObject({ text: expect.stringMatching(/\n100000\nend$/) });
    });

    test.each<[string, string, GuestEnd]>([
      [
        "an exit code",
        "echo working; echo 'error: no such table' >&2; exit 3",
        { type: "failed", why: "error", message: "exit code 3: error: no such table" },
      ],
      [
        "an exit code without a word",
        "exit 1",
        { type: "failed", why: "error", message: "exit code 1: it said nothing on stderr" },
      ],
      // Who stands around it alone says it as a shell does.
      isAlone
        ? [
            "a signal",
            "kill -9 $$",
            { type: "failed", why: "error", message: "exit code 137: it said nothing on stderr" },
          ]
        : ["a signal", "kill -9 $$", { type: "failed", why: "killed", message: "it was killed by SIGKILL" }],
    ])("%s is its end", async (_name, command, end) => {
      await using bench = await openBench(isAlone ? "programs" : null);
      expect(await bench.run(command)).toEqual(end);
    });

    test("a command that is not there did not start", async () => {
      await using bench = await openBench(isAlone ? "programs" : null);
      const end = await bench.run("no-such-agent {prompt_file}");
      expect(end).toMatchObject({
        why: "start",
        message: expect.stringMatching(/^command not found: .*no-such-agent/),
      });
    });

    test("is stopped with all that it started", async () => {
      await using bench = await openBench(isAlone ? "programs" : null);
      const stop = new AbortController();
      const marker = `31${process.pid}`;
      const run = bench.run(`sleep ${marker} & sleep ${marker}`, { signal: stop.signal });
      expect(await eventually(() => processesWith(marker).length > 0)).toBe(true);
      stop.abort();
      expect(await run).toMatchObject({ type: "failed", why: "killed" });
      expect(await eventually(() => processesWith(marker).length === 0)).toBe(true);
      expect(await bench.run("true", { signal: stop.signal })).toMatchObject({ why: "killed" });
    });
  });
