import { expect, test } from "vitest";
import type { Message } from "../../src/models/model.ts";
import { startModelServer } from "../model-server/server.ts";
import { openAt, request, user } from "./calls.ts";

type Json = Record<string, unknown>;

/** A round of a conversation, which counts how often its arguments are serialised. */
function round(number: number, count: () => void): Message[] {
  const input = { toJSON: () => (count(), { number }) };
  const call = { id: `call_${number}`, name: "read", input };
  const result = { id: call.id, name: "read", text: `file ${number}, with an é`, isError: number === 2 };
  return [
    { role: "assistant", text: "", toolCalls: [call], native: null },
    { role: "tool", results: [result] },
  ];
}

test("each message is serialised once, however often the conversation is sent", async () => {
  const server = await startModelServer({ reply: () => ({ say: "go on" }) });
  const model = openAt(server, "anthropic/claude-opus-5-5");
  let serialised = 0;
  const messages = [user("begin")];
  for (let turn = 1; turn <= 4; turn += 1) {
    messages.push(...round(turn, () => (serialised += 1)));
    await model.call(request(messages));
  }
  expect(serialised).toBe(4);
  const sent = server.calls().map(({ body }) => JSON.parse(body) as { messages: Json[] });
  await server.close();
  const results = sent.at(-1)?.messages.filter(({ role }) => role === "user") ?? [];
  const marked = (message: Json): boolean => JSON.stringify(message).includes('"cache_control"');
  // The breakpoints move along, and nothing else of what was sent before changes.
  expect(results.map(marked)).toEqual([false, false, false, true, true]);
  expect(results[2]).toEqual({
    role: "user",
    content: [{ type: "tool_result", tool_use_id: "call_2", content: "file 2, with an é", is_error: true }],
  });
  expect(sent.map(({ messages: all }) => all.length)).toEqual([3, 5, 7, 9]);
});
