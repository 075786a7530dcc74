import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { conversationInMemory, type WorkerJob } from "../../../src/agents/agent.ts";
import { createCommandGuest } from "../../../src/agents/command/command-guest.ts";
import { createGuestAgent } from "../../../src/agents/guest/guest-agent.ts";
import type { Guest } from "../../../src/agents/guest/guest.ts";
import type { Agent } from "../../../src/agents/agent.ts";
import {
  describeSandboxed,
  eventually,
  openAt,
  processesWith,
  temporaryFolder,
} from "../../sandbox/support.ts";
import { createTestDoor, type TestDoor } from "./a-door.ts";

type Bench = {
  root: string;
  door: TestDoor;
  job: WorkerJob;
  agentFor: (command: string) => Agent;
} & AsyncDisposable;

/** A command as a worker in a real sandbox: what it does goes through the walls. */
async function openBench(): Promise<Bench> {
  const folder = temporaryFolder();
  const [root = "", scratch = "", home = "", doorFolder = ""] = ["root", "scratch", "home", "door"].map(
    (name) => {
      mkdirSync(join(folder.path, name));
      return join(folder.path, name);
    },
  );
  const sandbox = await openAt(root, { scratch, home, door: doorFolder });
  const door = createTestDoor();
  const job: WorkerJob = {
    task: "cart",
    role: "implement",
    system: "",
    prompt: "Mend the cart.",
    tools: ["shell", "ask"],
    submit: null,
    answer: null,
    session: null,
    sandbox,
    door: doorFolder,
    home,
    scratch,
    conversation: conversationInMemory(),
    models: ["anthropic/opus"],
    limits: { turns: 30, tokens: null, usd: null, ms: 60_000, stallMs: 30_000 },
    usdLeft: () => null,
    takeNotes: () => [],
    onActivity: () => {},
    onModelCall: () => {},
    onModelLeft: () => {},
    onToolsWithheld: () => {},
    onModelPaused: () => {},
    onAgentStarted: () => {},
    signal: new AbortController().signal,
  };
  const spec = {
    type: "command",
    command: "",
    model: null,
    prompt: "",
    credentials: "gateway",
    web: false,
    env: {},
  } as const;
  const agentFor = (command: string): Agent => {
    const guest: Guest = createCommandGuest({ command });
    return createGuestAgent({
      name: "mine",
      spec,
      guest,
      openDoor: door.open,
      apiOf: () => "anthropic",
      newId: () => "id",
      now: () => performance.now(),
    });
  };
  return {
    root,
    door,
    job,
    agentFor,
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      folder[Symbol.dispose]();
    },
  };
}

/** As a program's shell would ask, without any of agentx's own commands. */
const ask = `node -e '
  const body = JSON.stringify({ text: "Which colour?" });
  fetch(process.env.AGENTX_DOOR + "/agentx/ask", { method: "POST", body })
    .then((response) => response.json()).then(({ answer }) => console.log(answer));
'`;
const answer = { prompt: "You asked: Which colour?\nThe person answers: red", answer: "red" };

describeSandboxed("a worker behind walls", () => {
  test("asks through the door, and goes on in the same process with the answer", async () => {
    await using bench = await openBench();
    const agent = bench.agentFor(
      `echo $$ > pid; colour=$(${ask}); echo "$colour $$" > result; echo "painted $colour"`,
    );
    expect(agent.needs).toEqual({
      readOnly: [],
      network: false,
      home: true,
      openSandbox: true,
      isProgram: false,
    });
    expect(await agent.work(bench.job)).toMatchObject({
      type: "asked",
      text: "Which colour?",
      waitsMs: null,
    });
    const result = await agent.work({ ...bench.job, ...answer });
    expect(result).toEqual({ type: "finished", note: "painted red" });
    const pid = readFileSync(join(bench.root, "pid"), "utf8").trim();
    expect(readFileSync(join(bench.root, "result"), "utf8")).toBe(`red ${pid}\n`);
    expect(bench.door.isOpen()).toBe(false);
  });

  test("asks and reads its notes with the command that is there for it", async () => {
    await using bench = await openBench();
    const agent = bench.agentFor(
      "colour=$(agentx ask 'Which colour?' --option red --default blue); agentx notes; echo $colour",
    );
    const asked = await agent.work(bench.job);
    expect(asked).toMatchObject({ text: "Which colour?", options: ["red"], default: "blue" });
    const notes = ["Hurry."];
    const result = await agent.work({ ...bench.job, ...answer, takeNotes: () => notes.splice(0) });
    expect(result).toEqual({ type: "finished", note: "Note from the person: Hurry.\nred" });
  });

  test("asks by a file", async () => {
    await using bench = await openBench();
    const agent = bench.agentFor(
      'cd "$AGENTX_IPC"; echo "Which colour?" > 001.question; until [ -f 001.answer ]; do sleep 0.1; done; cat 001.answer; touch 001.done',
    );
    expect(await agent.work(bench.job)).toMatchObject({ type: "asked", text: "Which colour?" });
    expect(await agent.work({ ...bench.job, ...answer })).toEqual({ type: "finished", note: "red" });
  });

  test("reaches the models by the door", async () => {
    await using bench = await openBench();
    const agent = bench.agentFor(
      `node -e 'fetch(process.env.ANTHROPIC_BASE_URL + "/v1/messages", { method: "POST" }).then((r) => console.log(r.status))'`,
    );
    expect(await agent.work(bench.job)).toEqual({ type: "finished", note: "200" });
    expect(bench.door.calls).toBe(1);
  });

  test("is ended with its sandbox while it waits, and leaves nothing behind", async () => {
    await using bench = await openBench();
    const marker = `32${process.pid}`;
    const agent = bench.agentFor(`sleep ${marker} & ${ask}; sleep ${marker}`);
    expect(await agent.work(bench.job)).toMatchObject({ type: "asked" });
    expect(processesWith(marker).length).toBeGreaterThan(0);
    await bench.job.sandbox.close();
    expect(await eventually(() => !bench.door.isOpen())).toBe(true);
    expect(await eventually(() => processesWith(marker).length === 0)).toBe(true);
  });

  test("says why it failed, and a silent one is stopped", async () => {
    await using bench = await openBench();
    expect(await bench.agentFor("echo 'error: no paint' >&2; exit 2").work(bench.job)).toEqual({
      type: "failed",
      failure: { kind: "agent", reason: "mine: exit code 2: error: no paint", hint: "" },
    });
    const marker = `33${process.pid}`;
    const limits = { ...bench.job.limits, stallMs: 1_000 };
    const result = await bench.agentFor(`sleep ${marker}`).work({ ...bench.job, limits });
    expect(result).toMatchObject({ type: "failed", failure: { kind: "stall" } });
    expect(await eventually(() => processesWith(marker).length === 0)).toBe(true);
    expect(bench.door.isOpen()).toBe(false);
  });
});
