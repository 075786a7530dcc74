import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { openAt, request, user } from "./calls.ts";
import { sse } from "../model-server/json.ts";

let server: Server;
afterEach(() => void server.close());

/** A server that sends these choices as they are, and nothing of usage. */
async function serveChoices(choices: object[]): Promise<{ url: string }> {
  server = createServer((incoming, response) => {
    incoming.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const choice of choices) response.write(sse({ choices: [choice] }));
    response.end(sse("[DONE]"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
}

function callDelta(id: string | undefined, name: string): object {
  const call = { index: 0, ...(id === undefined ? {} : { id }), function: { name, arguments: "{}" } };
  return { index: 0, delta: { tool_calls: [call] } };
}

const done = { index: 0, delta: {}, finish_reason: "stop" };

describe("a compatible server that goes its own way", () => {
  it("may give every parallel call the same index", async () => {
    const at = await serveChoices([callDelta("one", "read"), callDelta("two", "list"), done]);
    const reply = await openAt(at, "ollama/x").call(request([user("Hi")]));
    expect(reply.stop).toBe("tools");
    expect(reply.message.toolCalls).toEqual([
      { id: "one", name: "read", input: {} },
      { id: "two", name: "list", input: {} },
    ]);
  });

  it("may leave out ids and usage", async () => {
    const at = await serveChoices([callDelta(undefined, "read"), done]);
    const reply = await openAt(at, "ollama/x").call(request([user("Hi")]));
    expect(reply.message.toolCalls).toEqual([{ id: "call_1_0", name: "read", input: {} }]);
    expect(reply).toMatchObject({ usd: null, usage: { inputTokens: 0, outputTokens: 0 } });
  });

  it("may refuse in a field of its own", async () => {
    const at = await serveChoices([{ index: 0, delta: { refusal: "No." } }, done]);
    const reply = await openAt(at, "ollama/x").call(request([user("Hi")]));
    expect(reply).toMatchObject({ stop: "refusal", message: { text: "No." } });
  });
});
