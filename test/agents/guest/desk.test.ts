import { expect, test } from "vitest";
import { openDesk } from "./a-desk.ts";
import { callSocket, post } from "./socket-call.ts";

test("a question waits for its answer, and the client hears at once that it is taken", async () => {
  await using desk = await openDesk();
  const { answer } = post(desk.socket, "/agentx/ask", { text: " Which? ", options: ["a"], default: "a" });
  expect(await desk.questions.opened()).toEqual({ text: "Which?", options: ["a"], default: "a" });
  desk.questions.answer("b");
  const { status, json } = await answer;
  expect([status, json()]).toEqual([200, { answer: "b" }]);
  expect(desk.requests()).toBe(1);
});

test.each<[string, unknown, RegExp]>([
  ["no text", {}, /question will not do[^]*text/],
  ["an empty text", { text: " " }, /text/],
  ["a text too long", { text: "x".repeat(8_001) }, /8000/],
  ["too many options", { text: "?", options: Array.from({ length: 9 }, () => "a") }, /options/],
  ["options of another type", { text: "?", options: "a" }, /options/],
  ["an unknown key", { text: "?", answer: "a" }, /answer/],
])("%s is refused with what is wrong", async (_name, body, error) => {
  await using desk = await openDesk();
  const { status, json } = await post(desk.socket, "/agentx/ask", body).answer;
  expect(status).toBe(400);
  expect((json() as { error: string }).error).toMatch(error);
});

test("what is no JSON, or too large, is refused", async () => {
  await using desk = await openDesk();
  const send = async (body: string): Promise<unknown[]> => {
    const { status, json } = await callSocket(desk.socket, "/agentx/ask", { method: "POST", body }).answer;
    return [status, (json() as { error: string }).error];
  };
  expect(await send("{")).toEqual([400, expect.stringContaining("no JSON")]);
  expect(await send(JSON.stringify({ text: "x".repeat(100_000) }))).toEqual([
    413,
    "a question has at most 65536 bytes",
  ]);
});

test("where nobody answers, a question is refused", async () => {
  await using desk = await openDesk({ mayAsk: false });
  const { status, json } = await post(desk.socket, "/agentx/ask", { text: "Which?" }).answer;
  expect(status).toBe(403);
  expect((json() as { error: string }).error).toContain("nobody answers");
});

test("notes are given once; other places are named, and models are not the desk's", async () => {
  await using desk = await openDesk();
  desk.notes.push("Hurry.");
  const get = async (path: string): Promise<[number, string]> => {
    const { status, text } = await callSocket(desk.socket, path).answer;
    return [status, text.trim()];
  };
  expect(await get("/agentx/notes")).toEqual([200, '{"notes":["Hurry."]}']);
  expect(await get("/agentx/notes")).toEqual([200, '{"notes":[]}']);
  expect(await get("/agentx/ask")).toEqual([404, expect.stringContaining("POST /agentx/ask")]);
  expect(await get("/anthropic/v1/messages")).toEqual([418, ""]);
});

test("a client that hangs up is not asked for twice", async () => {
  await using desk = await openDesk();
  const call = post(desk.socket, "/agentx/ask", { text: "Which?" });
  await desk.questions.opened();
  call.hangUp();
  await new Promise((resolve) => setTimeout(resolve, 50));
  desk.questions.answer("this");
  expect(desk.questions.takeUnheard()).toEqual(["You asked: Which?\nThe person answers: this"]);
  expect(desk.questions.takeUnheard()).toEqual([]);
});
