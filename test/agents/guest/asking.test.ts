import { expect, test } from "vitest";
import type { Message } from "../../../src/models/model.ts";
import { callSocket } from "./socket-call.ts";
import { done, openGuestBench, says, texts, type GuestBench } from "./a-bench.ts";

const answered = (text: string, answer: string): { prompt: string; answer: string } => ({
  prompt: `You asked: ${text}\nThe person answers: ${answer}`,
  answer,
});

/** A guest that asks as its shell would, and says what it heard. */
function askingGuest(bench: GuestBench, ...questions: string[]): void {
  bench.acts.push(async ({ onEvent }) => {
    onEvent({ type: "session", id: "s1" });
    const replies = await Promise.all(questions.map((text) => bench.ask(text).answer));
    onEvent({ type: "said", text: replies.map((reply) => JSON.stringify(reply.json())).join(" ") });
    return done;
  });
}

test("a question holds the guest where it is, and the answer reaches the very request", async () => {
  await using bench = await openGuestBench();
  askingGuest(bench, "Which colour?");
  const asked = await bench.work();
  expect(asked).toEqual({
    type: "asked",
    text: "Which colour?",
    options: [],
    default: null,
    waitsMs: 100_000,
  });
  expect(bench.door.isOpen()).toBe(true);
  const result = await bench.work(answered("Which colour?", "red"));
  expect(result).toEqual({ type: "finished", note: '{"answer":"red"}' });
  expect(bench.turns.length).toBe(1);
  expect(bench.door.isOpen()).toBe(false);
  expect(texts(bench.messages)).toEqual([
    "user: Mend the cart.",
    "assistant: Asked the person: Which colour?",
    "user: You asked: Which colour?\nThe person answers: red",
    'assistant: {"answer":"red"}',
  ]);
});

test("options and a default come with it; a guest without sessions is waited for without limit", async () => {
  await using bench = await openGuestBench({ guest: { resumes: false } });
  bench.acts.push(async () => {
    await bench.ask("Which?", { options: ["a", "b"], default: "b" }).answer;
    return done;
  });
  expect(await bench.work()).toEqual({
    type: "asked",
    text: "Which?",
    options: ["a", "b"],
    default: "b",
    waitsMs: null,
  });
  await bench.work(answered("Which?", "a"));
});

test("a second question comes right after the first one's answer", async () => {
  await using bench = await openGuestBench();
  askingGuest(bench, "One?", "Two?");
  expect(await bench.work()).toMatchObject({ type: "asked", text: "One?" });
  expect(await bench.work(answered("One?", "1"))).toMatchObject({ type: "asked", text: "Two?" });
  expect(await bench.work(answered("Two?", "2"))).toMatchObject({ note: '{"answer":"1"} {"answer":"2"}' });
});

test("model calls wait while a question is open", async () => {
  await using bench = await openGuestBench();
  let passed = 0;
  bench.acts.push(async () => {
    const { answer } = bench.ask("Go on?");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const call = callSocket(bench.socket, "/anthropic/v1/messages", { method: "POST" }).answer;
    void call.then(() => (passed += 1));
    await Promise.all([answer, call]);
    return done;
  });
  expect(await bench.work()).toMatchObject({ type: "asked" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(passed).toBe(0);
  await bench.work(answered("Go on?", "yes"));
  expect(passed).toBe(1);
});

test("no clock runs while a question waits, and the answer's job gets the events", async () => {
  await using bench = await openGuestBench();
  askingGuest(bench, "Which?");
  const limits = { ...bench.job.limits, ms: 1_500, stallMs: 1_000 };
  expect(await bench.work({ limits })).toMatchObject({ type: "asked" });
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const later: string[] = [];
  bench.acts.push(async ({ onEvent }) => (onEvent({ type: "activity", text: "Read" }), done));
  let notes = ["Hurry."];
  const result = await bench.work({
    ...answered("Which?", "this"),
    limits,
    onActivity: (text) => void later.push(text),
    takeNotes: () => [notes, (notes = [])][0] as string[],
  });
  expect(result).toEqual({ type: "finished", note: '{"answer":"this"}' });
  expect(later).toEqual(["Read"]);
  expect(bench.turns[1]).toMatchObject({ session: "s1", prompt: "Note from the person: Hurry." });
});

test("whoever asks the same again while it is open, or after the answer was missed, hears it", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(async ({ onEvent }) => {
    const first = bench.ask("Which?");
    await new Promise((resolve) => setTimeout(resolve, 100));
    first.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const again = await bench.ask("Which?").answer;
    onEvent({ type: "said", text: again.text.trim() });
    return done;
  });
  expect(await bench.work()).toMatchObject({ type: "asked" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await bench.work(answered("Which?", "this"))).toMatchObject({ note: '{"answer":"this"}' });
});

test("an answer that nobody was there for is told before the work is over", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(async ({ onEvent }) => {
    onEvent({ type: "session", id: "s1" });
    bench.ask("Which?").hangUp();
    const call = bench.ask("Which?");
    await new Promise((resolve) => setTimeout(resolve, 300));
    call.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return done;
  }, says("So it is this."));
  expect(await bench.work()).toMatchObject({ type: "asked" });
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await bench.work(answered("Which?", "this"))).toEqual({ type: "finished", note: "So it is this." });
  expect(bench.turns[1]).toMatchObject({
    session: "s1",
    prompt: "You asked: Which?\nThe person answers: this",
  });
});

test("a guest that ends while its question is open is started again with the answer", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(async ({ onEvent }) => {
    onEvent({ type: "session", id: "s1" });
    void bench.ask("Which?");
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { type: "failed", why: "error", message: "its shell timed out" };
  }, says("Done."));
  expect(await bench.work()).toMatchObject({ type: "asked" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(bench.door.isOpen()).toBe(false);
  const result = await bench.work({ ...answered("Which?", "this"), session: "s1" });
  expect(result).toEqual({ type: "finished", note: "Done." });
  expect(bench.turns[1]).toMatchObject({ session: "s1", prompt: answered("Which?", "this").prompt });
});

test("a worker whose sandbox was closed while it waited leaves nothing behind, and goes on in another", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(async ({ sandbox }) => {
    void bench.ask("Which?");
    await sandbox.exec({ command: "sleep 100", timeoutMs: 100_000 });
    return { type: "done" };
  }, says("Done."));
  expect(await bench.work()).toMatchObject({ type: "asked" });
  await bench.job.sandbox.close();
  for (let tries = 0; bench.door.isOpen() && tries < 100; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(bench.door.isOpen()).toBe(false);
  const sandbox = await bench.reopen();
  expect(await bench.work({ ...answered("Which?", "this"), sandbox, session: "s1" })).toMatchObject({
    note: "Done.",
  });
  expect(bench.turns[1]).toMatchObject({ session: "s1", prompt: answered("Which?", "this").prompt });
});

test("a run that stops while a question waits stops the guest", async () => {
  await using bench = await openGuestBench();
  const stop = new AbortController();
  let isStopped = false;
  bench.acts.push(({ signal }) => {
    void bench.ask("Which?");
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        isStopped = true;
        resolve({ type: "failed", why: "killed", message: "" });
      });
    });
  });
  expect(await bench.work({ signal: stop.signal })).toMatchObject({ type: "asked" });
  stop.abort();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(isStopped).toBe(true);
  expect(bench.door.isOpen()).toBe(false);
});

test("the same question with the same answer in a later attempt is a new prompt", async () => {
  await using bench = await openGuestBench({ job: { session: "s1" } });
  const again = answered("Which?", "this");
  const text = "Asked the person: Which?";
  const assistant: Message = { role: "assistant", text, toolCalls: [], native: null };
  bench.messages.push({ role: "user", text: "Mend the cart." }, assistant);
  bench.messages.push({ role: "user", text: again.prompt }, assistant);
  bench.acts.push(says("Done."));
  await bench.work(again);
  expect(bench.turns[0]?.prompt).toBe(again.prompt);
  expect(bench.messages.filter((message) => message.role === "user").length).toBe(3);
});

test("a guest that begins anew each time is given what it was told before, once for each time it was told", async () => {
  await using bench = await openGuestBench({ guest: { resumes: false } });
  bench.messages.push(
    { role: "user", text: "Mend the cart." },
    { role: "assistant", text: "Asked the person: Which?", toolCalls: [], native: null },
    { role: "user", text: "You asked: Which?\nThe person answers: this" },
    { role: "assistant", text: "Asked the person: Sure?", toolCalls: [], native: null },
  );
  bench.acts.push(async ({ onEvent }) => {
    const said: string[] = [];
    for (const text of ["Which?", "Sure?", "Which?"]) said.push((await bench.ask(text).answer).text.trim());
    onEvent({ type: "said", text: said.join(" ") });
    return done;
  });
  const asked = await bench.work(answered("Sure?", "yes"));
  expect(asked).toMatchObject({ type: "asked", text: "Which?" });
  expect(await bench.work(answered("Which?", "that"))).toMatchObject({
    note: '{"answer":"this"} {"answer":"yes"} {"answer":"that"}',
  });
});
