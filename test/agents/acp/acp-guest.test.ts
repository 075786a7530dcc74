import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createAcpGuest } from "../../../src/agents/acp/acp-guest.ts";
import type { AcpPatience } from "../../../src/agents/acp/open-session.ts";
import { doorUrls } from "../../../src/agents/guest/door.ts";
import type { GuestEnd, GuestEvent, GuestTurn } from "../../../src/agents/guest/guest.ts";
import type { Sandbox } from "../../../src/sandbox/sandbox.ts";
import { openAt } from "../../sandbox/support.ts";

const script = join(import.meta.dirname, "fake-agent.mjs");
let folder: string;
let sandbox: Sandbox;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "agentx-acp-")));
  const [root, home] = [join(folder, "worktree"), join(folder, "home")];
  await mkdir(root);
  await mkdir(home);
  sandbox = await openAt(root, { readOnly: [script, dirname(process.execPath)], home });
});

afterEach(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

type Played = { end: GuestEnd; events: GuestEvent[]; said: string[] };

async function play(part: string, turn: Partial<GuestTurn> = {}, patience?: AcpPatience): Promise<Played> {
  const file = process.execPath;
  const guest = createAcpGuest({ command: "fake", args: [script, part], file, readOnly: [] }, patience);
  const events: GuestEvent[] = [];
  const end = await guest.run({
    sandbox,
    role: "implement",
    system: "RULES",
    prompt: "PROMPT",
    session: null,
    newSession: "new",
    model: { id: "test/model", name: "model", api: "anthropic" },
    credentials: "gateway",
    web: false,
    urls: doorUrls("http://127.0.0.1:1"),
    env: {},
    readOnly: false,
    takeNotes: () => [],
    signal: new AbortController().signal,
    ...turn,
    onEvent: (event) => {
      events.push(event);
      turn.onEvent?.(event);
    },
  });
  return { end, events, said: events.flatMap((event) => (event.type === "said" ? [event.text] : [])) };
}

it("gives the rules and the prompt, and tells session, words, deeds and usage", async () => {
  const { end, events } = await play("done");
  const usage = { inputTokens: 4, cacheReadTokens: 2, cacheWriteTokens: 0, outputTokens: 3 };
  expect(end).toEqual({ type: "done" });
  expect(events).toEqual([
    { type: "session", id: "s1" },
    { type: "said", text: "RULES|PROMPT" },
    { type: "activity", text: "Look around" },
    { type: "used", scope: "total", model: "model", usage, usd: null },
    { type: "ended", end },
  ]);
});

it("goes on with a session without telling its history again", async () => {
  const { end, said } = await play("done", { session: "s1" });
  expect(end).toEqual({ type: "done" });
  expect(said).toEqual(["PROMPT"]);
});

it.each<[string, object]>([
  ["refusal", { why: "refused" }],
  ["length", { why: "limit" }],
  ["turns", { why: "limit" }],
  ["systemError", { why: "rate-limit" }],
  ["kind", { why: "quota", message: expect.stringContaining("overdrawn") }],
  [
    "death",
    { why: "error", message: expect.stringContaining("exited with 3 before its turn was over: out of luck") },
  ],
  ["kill", { why: "killed", message: expect.stringContaining("SIGKILL") }],
  ["login", { why: "login", message: "Log in first" }],
])("tells %s apart", async (part, expected) => {
  const { end } = await play(part);
  expect(end).toMatchObject({ type: "failed", ...expected });
});

it.each(["garbage", "flood", "stays"])("takes no harm from %s", async (part) => {
  expect((await play(part)).end).toEqual({ type: "done" });
});

it("has no files to lend", async () => {
  expect((await play("files")).said).toContain("answer -32601");
});

it("allows once what is asked for, and no change where nothing may be changed", async () => {
  expect((await play("permission")).said).toContain("answer yes");
  const { said, events } = await play("permission", { readOnly: true });
  expect(said).toContain("answer no");
  expect(events).toContainEqual({ type: "denied", tool: "Edit a.txt" });
});

it.each([
  ["silent", { greetingMs: 300, sessionMs: 20_000 }, "It does not answer as an ACP agent: nothing came"],
  ["no-session", { greetingMs: 20_000, sessionMs: 300 }, "It opens no session: nothing came."],
])("gives an agent up that never answers: %s", async (part, patience, message) => {
  const { end } = await play(part, {}, patience);
  expect(end).toEqual({ type: "failed", why: "start", message });
});

it("says that an agent cannot go on with a session", async () => {
  const { end } = await play("forgetful", { session: "s1" });
  expect(end).toMatchObject({ type: "failed", why: "no-session" });
});

it("says that there is no such program", async () => {
  const guest = createAcpGuest({ command: "none", args: [], file: "/nowhere/none", readOnly: [] });
  const end = await guest.run({ ...(await someTurn()), signal: new AbortController().signal });
  expect(end).toMatchObject({ type: "failed", why: "start" });
});

it("stops an agent that hangs", async () => {
  const abort = new AbortController();
  const onEvent = ({ type }: GuestEvent): void => {
    if (type === "activity") abort.abort();
  };
  const begun = performance.now();
  const { end } = await play("hang", { signal: abort.signal, onEvent });
  expect(end).toMatchObject({ type: "failed", why: "killed" });
  expect(performance.now() - begun).toBeLessThan(3_000);
  const { output } = await sandbox.exec({
    command: "cat /proc/[0-9]*/cmdline | tr '\\0' ' '",
    timeoutMs: 5_000,
  });
  expect(output).not.toContain("fake-agent");
});

function someTurn(): Promise<Omit<GuestTurn, "signal">> {
  return Promise.resolve({
    sandbox,
    role: "implement",
    system: "",
    prompt: "PROMPT",
    session: null,
    newSession: "new",
    model: null,
    credentials: "own",
    web: false,
    urls: doorUrls("http://127.0.0.1:1"),
    env: {},
    readOnly: false,
    takeNotes: () => [],
    onEvent: () => undefined,
  });
}
