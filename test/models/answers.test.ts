import { afterEach, describe, expect, it } from "vitest";
import type { Message } from "../../src/models/model.ts";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import type { Reply, ServerTurn } from "../model-server/types.ts";
import { openAt, protocols, readTool, request, results, user } from "./calls.ts";

let server: ModelServer;
afterEach(() => server.close());

async function serve(reply: Reply | ServerTurn): Promise<ModelServer> {
  server = await startModelServer({ reply: typeof reply === "function" ? reply : () => reply });
  return server;
}

describe.each(protocols)("a model over the $provider protocol", ({ provider, id }) => {
  it("answers with text, which is shown while it streams", async () => {
    await serve({ say: "Hello there, person." });
    const shown: string[] = [];
    const onProgress = (text: string): number => shown.push(text);
    const reply = await openAt(server, id).call(request([user("Hi")], { onProgress }));
    expect(reply.message.text).toBe("Hello there, person.");
    expect(reply.stop).toBe("end");
    expect(shown.filter((text) => text !== "").length).toBeGreaterThan(1);
    expect(shown.join("")).toBe("Hello there, person.");
  });

  it("is sent the system prompt, the tools and the messages", async () => {
    await serve({ say: "ok" });
    await openAt(server, id).call(request([user("Hi")]));
    const [call] = server.calls();
    expect(call).toMatchObject({ provider, system: "You are a worker.", toolNames: ["read"], stream: true });
    expect(call?.messages).toMatchObject([{ role: "user", text: "Hi" }]);
    expect(id.endsWith(call?.model ?? "none")).toBe(true);
  });

  it("keeps a conversation with tools over three turns, with what the provider wants back unchanged", async () => {
    const turns: ServerTurn[] = [
      {
        say: "I look at both.",
        calls: [
          { tool: "read", path: "a.ts" },
          { tool: "read", path: "b.ts" },
        ],
      },
      { call: { tool: "read", path: "c.ts" } },
      { say: "Done." },
    ];
    await serve(({ messages }) => turns[messages.filter(({ role }) => role === "assistant").length] ?? {});
    const model = openAt(server, id);
    const messages: Message[] = [user("Go on.")];
    const first = await model.call(request(messages));
    expect(first.stop).toBe("tools");
    expect(first.message.text).toBe("I look at both.");
    expect(first.message.toolCalls).toMatchObject([
      { name: "read", input: { path: "a.ts" } },
      { name: "read", input: { path: "b.ts" } },
    ]);
    messages.push(first.message, results(first, "content"));
    const second = await model.call(request(messages));
    messages.push(second.message, results(second, ""));
    // A resumed process reads the conversation back from JSON.
    const third = await model.call(request(JSON.parse(JSON.stringify(messages))));
    expect(third.message.text).toBe("Done.");
    const ids = [...first.message.toolCalls, ...second.message.toolCalls].map((call) => call.id);
    expect(new Set(ids).size).toBe(3);
  });

  it("sends the earlier messages byte for byte as before, so that caches hit", async () => {
    await serve(({ messages }) =>
      messages.length > 4 ? { say: "Done." } : { call: { tool: "read", path: "a" } },
    );
    const model = openAt(server, id);
    const messages: Message[] = [user("Go on.")];
    for (let turn = 0; turn < 3; turn += 1) {
      const reply = await model.call(request(messages));
      messages.push(reply.message, results(reply, `result ${turn}`));
    }
    const prefixes = server.calls().map(({ body }) => conversationOf(body));
    expect(prefixes).toHaveLength(3);
    for (const [index, prefix] of prefixes.entries()) {
      if (index > 0) expect(prefix.startsWith(prefixes[index - 1]?.slice(0, -1) ?? "none")).toBe(true);
    }
  });

  it("carries on a conversation that another model began", async () => {
    await serve({ say: "I take over." });
    const call = { id: "call_9", name: "read", input: { path: "a" } };
    const foreign: Message[] = [
      user("Go on."),
      {
        role: "assistant",
        text: "",
        toolCalls: [call],
        native: { model: "other/one", value: [{ secret: "foreign" }] },
      },
      { role: "tool", results: [{ id: "call_9", name: "read", text: "content", isError: true }] },
      { role: "assistant", text: "", toolCalls: [], native: null },
      user("And now?"),
    ];
    const reply = await openAt(server, id).call(request(foreign));
    expect(reply.message.text).toBe("I take over.");
    expect(server.calls()[0]?.body).not.toContain("foreign");
  });

  it("can be made to call one tool", async () => {
    await serve({ call: { tool: "read", path: "a" } });
    await openAt(server, id).call(request([user("Hi")], { mustCall: "read" }));
    const body = server.calls()[0]?.body ?? "";
    expect(body).toMatch(/"tool_choice":\{"type":"(tool|function)"|"mode":"ANY"/);
    expect(body).not.toContain('"adaptive"');
  });

  it("answers nothing at all, and the conversation goes on", async () => {
    await serve({});
    const model = openAt(server, id);
    const reply = await model.call(request([user("Hi")]));
    expect(reply).toMatchObject({ stop: "end", message: { text: "", toolCalls: [] } });
    await model.call(request([user("Hi"), reply.message, user("Are you there?")]));
  });

  it("refuses", async () => {
    await serve({ say: "I cannot help with that.", stop: "refusal" });
    expect((await openAt(server, id).call(request([user("Hi")]))).stop).toBe("refusal");
  });

  it("is cut off by the token limit", async () => {
    await serve({ say: "It was a dark and", stop: "length" });
    expect((await openAt(server, id).call(request([user("Hi")]))).stop).toBe("length");
  });

  it("is cut off before it said anything, and the conversation goes on", async () => {
    await serve({ stop: "length" });
    const model = openAt(server, id);
    const reply = await model.call(request([user("Hi")]));
    expect(reply).toMatchObject({ stop: "length", message: { text: "" } });
    await model.call(request([user("Hi"), reply.message, user("Go on.")]));
  });

  it("counts tokens apart from the cache's, and no price where usage is missing", async () => {
    const usage = { inputTokens: 100, cacheReadTokens: 40, cacheWriteTokens: 0, outputTokens: 30 };
    await serve({ say: "ok", usage });
    const reply = await openAt(server, id).call(request([user("Hi")]));
    expect(reply.usage).toEqual(usage);
    if (id.startsWith("ollama")) expect(reply.usd).toBeNull();
    else expect(reply.usd).toBeGreaterThan(0);
  });

  it("has no price where the server leaves its usage out", async () => {
    await serve({ say: "ok", usage: "none" });
    const reply = await openAt(server, id).call(request([user("Hi")]));
    expect(reply.usage.outputTokens).toBe(0);
    expect(reply.usd).toBeNull();
  });
});

describe.each(protocols)("tool calls over the $provider protocol", ({ id }) => {
  it.each(['{"path": ', '"a.txt"', "[1]", "null"])(
    "whose arguments are %s come back as raw text, and the conversation goes on",
    async (rawArguments) => {
      await serve(({ messages }) =>
        messages.length > 1 ? { say: "Sorry." } : { call: { tool: "read" }, rawArguments },
      );
      const model = openAt(server, id);
      const reply = await model.call(request([user("Hi")]));
      expect(reply.message.toolCalls).toMatchObject([
        { name: "read", input: {}, invalid: expect.any(String) },
      ]);
      const next = await model.call(request([user("Hi"), reply.message, results(reply, "not JSON")]));
      expect(next.message.text).toBe("Sorry.");
    },
  );
});

describe("a Gemini model that does not number its calls", () => {
  it("gets numbers that are unique in the conversation, and is not shown them", async () => {
    await serve({
      calls: [
        { tool: "read", path: "a" },
        { tool: "read", path: "b" },
      ],
    });
    const model = openAt(server, "google/gemini-2.5-pro");
    const first = await model.call(request([user("Go on.")]));
    const messages = [user("Go on."), first.message, results(first, "content")];
    const second = await model.call(request(messages));
    const ids = [first, second].flatMap(({ message }) => message.toolCalls.map((call) => call.id));
    expect(new Set(ids).size).toBe(4);
    expect(server.calls()[1]?.body).not.toContain('"id"');
  });
});

describe("an Anthropic request", () => {
  it("marks tools, system and the last two messages of the person for the cache, four marks at most", async () => {
    await serve({ call: { tool: "read", path: "a" } });
    const model = openAt(server, "anthropic/claude-opus-5-5");
    const messages: Message[] = [user("Go on.")];
    for (let turn = 0; turn < 3; turn += 1) {
      const reply = await model.call(request(messages, { tools: [readTool, { ...readTool, name: "list" }] }));
      messages.push(reply.message, results(reply, "content"));
    }
    const marks = server.calls().map(({ body }) => body.split("cache_control").length - 1);
    expect(marks).toEqual([3, 4, 4]);
  });

  it.each([
    ["claude-opus-5-5", null, "adaptive"],
    ["claude-opus-4-6", null, "adaptive"],
    ["claude-sonnet-5", null, "adaptive"],
    ["claude-opus-4-20250514", null, undefined],
    ["claude-haiku-4-5-20251001", null, undefined],
    ["claude-opus-5-5", "read", "disabled"],
    ["claude-fable-5", "read", "adaptive"],
  ])("asks %s (forced tool: %s) for %s thinking", async (model, mustCall, expected) => {
    await serve({ say: "ok" });
    await openAt(server, `anthropic/${model}`).call(request([user("Hi")], { mustCall }));
    const body: { thinking?: { type: string } } = JSON.parse(server.calls()[0]?.body ?? "{}");
    expect(body.thinking?.type).toBe(expected);
  });
});

/** The part of a body that grows with the conversation, without the moving cache marks, which are no content. */
function conversationOf(body: string): string {
  const json: Record<string, unknown> = JSON.parse(
    body.replaceAll(',"cache_control":{"type":"ephemeral"}', ""),
  );
  return JSON.stringify(json["messages"] ?? json["input"] ?? json["contents"]);
}
