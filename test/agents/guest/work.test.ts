import { expect, test } from "vitest";
import { doorUrls } from "../../../src/agents/guest/door.ts";
import { done, openGuestBench, says, texts, type Act } from "./a-bench.ts";

test("a guest gets the rules as system, the prompt, a model that it can speak to, and the door", async () => {
  await using bench = await openGuestBench({
    spec: { prompt: "Be brief.", env: { LANG: "C" } },
    job: { models: ["openai/gpt", "anthropic/opus", "anthropic/haiku"] },
  });
  bench.acts.push(says("I mended it.", "s1"));
  expect(await bench.work()).toEqual({ type: "finished", note: "I mended it." });
  const [turn] = bench.turns;
  expect(turn?.prompt).toBe("Be brief.\n\nMend the cart.");
  expect(turn?.system).toContain("You are a worker of agentx");
  expect(turn?.system).not.toContain("You have tools.");
  expect(turn).toMatchObject({ session: null, newSession: "id-1", readOnly: false, credentials: "gateway" });
  expect(turn?.model).toEqual({ id: "anthropic/opus", name: "opus", api: "anthropic" });
  expect(turn?.urls).toEqual(doorUrls("http://127.0.0.1:1"));
  const ipc = `${bench.job.scratch}/ipc`;
  expect(turn?.env).toEqual({
    LANG: "C",
    AGENTX_DOOR: "http://127.0.0.1:1",
    AGENTX_IPC: ipc,
    DISPATCH_IPC: ipc,
  });
  expect(bench.door.opened[0]).toMatchObject({
    label: "implement cart",
    models: ["anthropic/opus", "anthropic/haiku"],
    limits: bench.job.limits,
  });
  expect(bench.door.isOpen()).toBe(false);
});

test("the conversation holds the prompt, the words, and what was done in bundles", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(async ({ onEvent }) => {
    onEvent({ type: "activity", text: "Read a.ts" });
    onEvent({ type: "activity", text: "Read a.ts" });
    onEvent({ type: "activity", text: "Bash npm\n test" });
    onEvent({ type: "said", text: "Half." });
    onEvent({ type: "activity", text: "Edit a.ts" });
    return done;
  });
  expect(await bench.work()).toEqual({ type: "finished", note: "Half." });
  expect(texts(bench.messages)).toEqual([
    "user: Mend the cart.",
    "assistant: → Read a.ts\n→ Bash npm test",
    "assistant: Half.",
    "assistant: → Edit a.ts",
  ]);
  expect(bench.activities).toEqual(["Read a.ts", "Read a.ts", "Bash npm test", "Edit a.ts"]);
});

test("the conversation of a program that never stops talking comes to an end", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(async ({ onEvent }) => {
    for (let line = 0; line < 11_000; line += 1) onEvent({ type: "activity", text: `line ${line}` });
    onEvent({ type: "said", text: "Done." });
    return done;
  });
  await bench.work();
  expect(bench.messages).toHaveLength(1 + 500 + 2);
  expect(texts(bench.messages).slice(-2)).toEqual(["assistant: → more than is kept", "assistant: Done."]);
});

test("a session is told once for each id, and none once where the guest has none", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(async ({ onEvent }) => {
    for (const id of ["s1", "s1", "s2"]) onEvent({ type: "session", id });
    return done;
  });
  await bench.work();
  expect(bench.started.map(({ session }) => session)).toEqual(["s1", "s2"]);
  expect(bench.started[0]).toEqual({ agent: "claude", credentials: "gateway", session: "s1" });

  await using other = await openGuestBench({ guest: { resumes: false } });
  other.acts.push(says("done", "ignored"));
  await other.work();
  expect(other.started.map(({ session }) => session)).toEqual([null]);
});

test("a later attempt goes on in the session with what is new alone", async () => {
  await using bench = await openGuestBench({ job: { prompt: "The gates are red.", session: "s1" } });
  bench.messages.push({ role: "user", text: "Mend the cart." });
  bench.acts.push(says("Mended.", "s1"));
  await bench.work();
  expect(bench.turns[0]).toMatchObject({ session: "s1", prompt: "The gates are red." });
  expect(bench.started).toEqual([]);
  expect(texts(bench.messages)).toContain("user: The gates are red.");
});

test("an attempt that was interrupted is told so, and its prompt is not given twice", async () => {
  await using bench = await openGuestBench({ job: { session: "s1" } });
  bench.messages.push({ role: "user", text: "Mend the cart." });
  bench.acts.push(says("Done."));
  await bench.work();
  expect(bench.turns[0]?.session).toBe("s1");
  expect(bench.turns[0]?.prompt).toMatch(/^You were interrupted/);
  expect(texts(bench.messages)).toEqual(["user: Mend the cart.", "assistant: Done."]);
});

test("without a session the account of the journal takes its place", async () => {
  await using bench = await openGuestBench({ job: { prompt: "The gates are red." } });
  bench.messages.push(
    { role: "user", text: "Mend the cart." },
    { role: "assistant", text: "I changed cart.ts.", toolCalls: [], native: null },
  );
  bench.acts.push(says("Mended."));
  await bench.work();
  const prompt = bench.turns[0]?.prompt ?? "";
  expect(prompt).toMatch(/^Mend the cart\.\n\nYou have worked on this before/);
  expect(prompt).toContain("you: I changed cart.ts.");
  expect(prompt).toMatch(/The gates are red\.$/);
});

test("a session that is lost makes a fresh start, once", async () => {
  await using bench = await openGuestBench({ job: { prompt: "The gates are red.", session: "gone" } });
  bench.messages.push({ role: "user", text: "Mend the cart." });
  const lost: Act = async () => ({ type: "failed", why: "no-session", message: "no such session" });
  bench.acts.push(lost, lost);
  expect(await bench.work()).toMatchObject({ type: "failed", failure: { kind: "agent" } });
  expect(bench.turns.map(({ session }) => session)).toEqual(["gone", null]);
  expect(bench.turns[1]?.prompt).toBe("Mend the cart.\n\nThe gates are red.");
});

test("a model that is out of reach is left for the next, in the same session where work was begun", async () => {
  await using bench = await openGuestBench({
    job: { models: ["anthropic/a", "anthropic/b", "anthropic/c"] },
  });
  bench.acts.push(
    async () => ({ type: "failed", why: "model", message: "no model a" }),
    async ({ onEvent }) => {
      onEvent({ type: "session", id: "s1" });
      onEvent({ type: "activity", text: "Read a.ts" });
      return { type: "failed", why: "quota", message: "no credit" };
    },
    says("Done."),
  );
  expect(await bench.work()).toEqual({ type: "finished", note: "Done." });
  expect(bench.left).toEqual([
    { model: "anthropic/a", reason: "claude: no model a", next: "anthropic/b" },
    { model: "anthropic/b", reason: "claude: no credit", next: "anthropic/c" },
  ]);
  expect(bench.turns.map(({ model }) => model?.name)).toEqual(["a", "b", "c"]);
  expect(bench.turns.map(({ session }) => session)).toEqual([null, null, "s1"]);
  expect(bench.turns[1]?.prompt).toBe("Mend the cart.");
  expect(bench.turns[2]?.prompt).toMatch(/^You were interrupted/);
});

test("a refused key says which variable, and a trouble of the work itself tries no other model", async () => {
  await using bench = await openGuestBench({ job: { models: ["anthropic/a", "anthropic/b"] } });
  bench.acts.push(async () => {
    bench.door.calls += 1;
    bench.door.lastFailure = {
      model: "anthropic/a",
      status: 401,
      message: "invalid x-api-key",
      retryAfterMs: null,
    };
    return { type: "failed", why: "error", message: "API Error" };
  });
  bench.acts.push(async () => ({ type: "failed", why: "context", message: "prompt is too long" }));
  expect(await bench.work()).toEqual({
    type: "failed",
    failure: { kind: "limit", reason: "claude: prompt is too long", hint: "split the task" },
  });
  expect(bench.left[0]?.reason).toBe("claude: API Error; anthropic/a answered 401: invalid x-api-key");

  await using last = await openGuestBench();
  last.acts.push(async () => ({ type: "failed", why: "login", message: "Please log in" }));
  expect(await last.work()).toMatchObject({
    failure: { kind: "provider", hint: expect.stringContaining("ANTHROPIC_API_KEY") },
  });
});

test("a vendor's failure that the guest gives up on starts it again, twice at most", async () => {
  await using bench = await openGuestBench();
  const givesUp: Act = async ({ onEvent }) => {
    onEvent({ type: "session", id: "s1" });
    bench.door.calls += 1;
    bench.door.lastFailure = { model: "anthropic/opus", status: 500, message: "oops", retryAfterMs: null };
    return { type: "failed", why: "error", message: "API Error" };
  };
  bench.acts.push(givesUp, says("Done."), givesUp, givesUp, givesUp);
  expect(await bench.work()).toEqual({ type: "finished", note: "Done." });
  expect(bench.turns.map(({ session }) => session)).toEqual([null, "s1"]);
  expect(await bench.work()).toMatchObject({
    type: "failed",
    failure: { kind: "provider", reason: "claude: API Error; anthropic/opus answered 500: oops" },
  });
  expect(bench.turns.slice(2).map(({ session }) => session)).toEqual([null, "s1", "s1"]);
});

test("models that the guest cannot speak to are said, and nothing is started", async () => {
  await using bench = await openGuestBench({ job: { models: ["openai/gpt", "scripted/x"] } });
  const result = await bench.work();
  expect(result).toMatchObject({
    type: "failed",
    failure: {
      kind: "provider",
      reason:
        "claude speaks anthropic, and no model for it was named: openai/gpt (openai), scripted/x (not behind the gateway)",
    },
  });
  expect(bench.door.opened).toEqual([]);
});

test("with its own login the guest chooses its model, and its own account is the meter", async () => {
  await using bench = await openGuestBench({ spec: { credentials: "own" }, job: { models: ["openai/gpt"] } });
  const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 5 };
  bench.acts.push(async ({ onEvent }) => {
    onEvent({ type: "used", scope: "total", model: "opus", usage, usd: 0.25 });
    onEvent({ type: "used", scope: "total", model: "opus", usage: { ...usage, outputTokens: 8 }, usd: 0.5 });
    onEvent({ type: "said", text: "Done." });
    return done;
  });
  await bench.work();
  expect(bench.turns[0]?.model).toBeNull();
  expect(bench.door.opened[0]?.models).toEqual([]);
  expect(bench.calls.map(({ model, usage: used, usd }) => [model, used.outputTokens, usd])).toEqual([
    ["anthropic/opus", 5, 0.25],
    ["anthropic/opus", 3, 0.25],
  ]);
});

test("with the gateway the door is the meter, and what the guest counts is not believed", async () => {
  await using bench = await openGuestBench();
  const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 5 };
  bench.acts.push(async ({ onEvent }) => {
    onEvent({ type: "used", scope: "call", model: "opus", usage, usd: 9 });
    bench.door.opened[0]?.onCall({ model: "anthropic/opus", usage, usd: 0.1, ms: 5 });
    return done;
  });
  await bench.work();
  expect(bench.calls).toEqual([{ model: "anthropic/opus", usage, usd: 0.1, ms: 5 }]);
});

test("tools that were denied are in the note, and are the failure where nothing was said", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(async ({ onEvent }) => {
    onEvent({ type: "denied", tool: "Bash" });
    onEvent({ type: "said", text: "I could not run it." });
    return done;
  });
  expect(await bench.work()).toEqual({
    type: "finished",
    note: "I could not run it.\n\nNot allowed: Bash.",
  });

  await using silent = await openGuestBench();
  silent.acts.push(async ({ onEvent }) => (onEvent({ type: "denied", tool: "Bash" }), done));
  expect(await silent.work()).toMatchObject({
    failure: { kind: "agent", reason: expect.stringContaining("Bash") },
  });
});
