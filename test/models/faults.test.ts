import { afterEach, describe, expect, it } from "vitest";
import { ModelError } from "../../src/models/model.ts";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import type { Fault, ServerTurn } from "../model-server/types.ts";
import { failure, openAt, protocols, request, user, type OpenOptions } from "./calls.ts";

let server: ModelServer;
afterEach(() => server.close());

async function serve(...turns: ServerTurn[]): Promise<void> {
  let next = 0;
  server = await startModelServer({
    key: "test-key",
    reply: () => turns[Math.min(next++, turns.length - 1)] ?? {},
  });
}

describe.each(protocols)("a fault over the $provider protocol", ({ id, provider }) => {
  async function failWith(fault: Fault, options: OpenOptions = {}): Promise<ModelError> {
    await serve({ say: "A text that is long enough to be cut.", fault });
    const error = await failure(openAt(server, id, options).call(request([user("Hi")])));
    if (!(error instanceof ModelError)) throw error;
    expect(server.calls()).toHaveLength(options.tries ?? 1);
    expect(error.model).toBe(id);
    return error;
  }

  it("429 is a rate limit that says how long to wait", async () => {
    const error = await failWith({ type: "status", status: 429, retryAfter: 7 });
    expect(error).toMatchObject({ kind: "rate-limit", retryAfterMs: 7000, isTransient: true });
  });

  it("429 for want of money is a quota, which no waiting heals", async () => {
    const message = "You exceeded your current quota, please check your plan and billing details.";
    const error = await failWith({ type: "status", status: 429, code: "insufficient_quota", message });
    expect(error).toMatchObject({ kind: "quota", isTransient: false });
    expect(error.message).toContain("billing");
  });

  it.each([500, 503, 529])("%i is the provider's trouble", async (status) => {
    expect(await failWith({ type: "status", status })).toMatchObject({
      kind: "overloaded",
      isTransient: true,
    });
  });

  it("400 is a bad request, with the provider's words", async () => {
    const error = await failWith({ type: "status", status: 400, message: "temperature is too hot" });
    expect(error.kind).toBe("bad-request");
    expect(error.message).toMatch(/refused the request \(400\): temperature is too hot$/);
  });

  it("400 for length is told apart", async () => {
    const message = "prompt is too long: 210000 tokens > 200000 maximum";
    expect(await failWith({ type: "status", status: 400, message })).toMatchObject({
      kind: "context-length",
    });
  });

  it("a reset connection is the network's", async () => {
    const error = await failWith({ type: "reset" });
    expect(error.kind).toBe("network");
    expect(error.message).toMatch(/ECONNRESET|other side closed|socket/);
  });

  it("a stream that is torn is the network's", async () => {
    expect(await failWith({ type: "cut", afterBytes: 300 })).toMatchObject({ kind: "network" });
  });

  it("a stream that ends early in good order is truncated", async () => {
    expect(await failWith({ type: "early-end" })).toMatchObject({ kind: "truncated", isTransient: true });
  });

  it("an error inside the stream is the provider's trouble", async () => {
    const error = await failWith({ type: "stream-error", message: "we are on fire" });
    expect(error.kind).toBe("overloaded");
    expect(error.message).toContain("we are on fire");
  });

  it.each([0, 120])("silence after %i bytes is ended by the watchdog", async (afterBytes) => {
    const error = await failWith({ type: "hang", afterBytes }, { idleMs: 300 });
    expect(error).toMatchObject({ kind: "network", isTransient: true });
    expect(error.message).toMatch(/nothing came from .* for 0 s/);
  });

  it("transient faults are retried until the answer comes, with each wait reported", async () => {
    const busy: Fault = { type: "status", status: 429, retryAfter: 2 };
    await serve(
      { fault: busy },
      { fault: { type: "reset" } },
      { say: "At last.", fault: { type: "early-end" } },
      { say: "At last." },
    );
    const told: string[] = [];
    const onProgress = (text: string): void => void (text.includes("next try") && told.push(text));
    const reply = await openAt(server, id, { tries: 5 }).call(request([user("Hi")], { onProgress }));
    expect(reply.message.text).toBe("At last.");
    expect(told).toEqual([
      "rate limited, next try in 2 s",
      "connection failed, next try in 1 s",
      "answer cut short, next try in 2 s",
    ]);
  });

  it("a wrong key is named by its variable and not tried again", async () => {
    await serve({ say: "never" });
    const error = await failure(openAt(server, id, { key: "wrong", tries: 5 }).call(request([user("Hi")])));
    expect(error).toMatchObject({ kind: "auth" });
    expect(String(error)).toMatch(/refused the key in [A-Z_]+ \(401\)/);
    expect(server.calls()).toHaveLength(1);
  });

  it("an abort ends the call at once with the signal's reason", async () => {
    await serve({ say: "slow", fault: { type: "hang", afterBytes: 50 } });
    const controller = new AbortController();
    const call = openAt(server, id).call(request([user("Hi")], { signal: controller.signal }));
    const reason = new Error("the person said stop");
    setTimeout(() => controller.abort(reason), 100);
    expect(await failure(call)).toBe(reason);
  });

  it("a model that does not exist is named", async () => {
    server = await startModelServer({ models: ["another"], reply: () => ({ say: "never" }) });
    const error = await failure(openAt(server, id).call(request([user("Hi")])));
    expect(error).toMatchObject({ kind: "not-found" });
    expect(String(error)).toContain(`has no model "${id.slice(id.indexOf("/") + 1)}"`);
  });

  it("a server that is not there is named with its address", async () => {
    await serve({});
    const { url } = server;
    await server.close();
    const error = await failure(openAt({ url }, id).call(request([user("Hi")])));
    expect(error).toMatchObject({ kind: "network" });
    expect(String(error)).toContain(url);
    expect(String(error)).toContain("ECONNREFUSED");
    expect(provider).toBeTruthy();
    await serve({});
  });
});
