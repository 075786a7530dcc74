import { setTimeout as timer } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { noUsage } from "../../src/core/usage.ts";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import type { Reply } from "../model-server/types.ts";
import { aGateway, ask, aSession, endAll, endings } from "./a-gateway.ts";

afterEach(endAll);

async function serve(reply: Reply): Promise<ModelServer> {
  const server = await startModelServer({ reply });
  endings.push(server.close);
  return server;
}

const noLimits = { turns: 1000, tokens: null, usd: null };

/** A call that costs a dollar: 1,000 tokens, a little less than what `ask` may use at most. */
const aDollar: Reply = async () => {
  await timer(5);
  return { say: "ok", usage: { ...noUsage, inputTokens: 900, outputTokens: 100 } };
};

async function statuses(calls: Promise<Response>[]): Promise<number[]> {
  const responses = await Promise.all(calls);
  await Promise.all(responses.map(async (response) => response.text()));
  return responses.map(({ status }) => status);
}

const count = (list: number[], status: number): number => list.filter((one) => one === status).length;

describe("a limit", () => {
  it.each([
    [
      { ...noLimits, turns: 3 },
      "the attempt used all of its 3 turns",
      "split the task, or raise limits.turns",
    ],
    [
      { ...noLimits, tokens: 2500 },
      "the attempt used 3000 of 2500 tokens",
      "split the task, or raise limits.tokens",
    ],
    [{ ...noLimits, usd: 2.5 }, "the attempt cost $3.00 of $2.50", "split the task, or raise the budget"],
  ])("of %j refuses the call past it and every later one", async (limits, reason, hint) => {
    const server = await serve(aDollar);
    const session = await aSession(server, { limits });
    for (let turn = 0; turn < 3; turn += 1) expect((await ask(session.base)).status).toBe(200);
    expect(session.refusal()).toBeNull();
    const refused = await ask(session.base);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      type: "error",
      error: { type: "invalid_request_error", message: `agentx: ${reason}; ${hint}` },
    });
    expect(session.refusal()).toEqual({ kind: "limit", reason, hint });
    expect((await ask(session.base)).status).toBe(400);
    expect(server.requests).toHaveLength(3);
    expect(session.calls()).toBe(3);
  });

  it("of the run's budget is held for a session that has used nothing, and for good", async () => {
    const server = await serve(aDollar);
    let left = 0;
    const session = await aSession(server, { usdLeft: () => left });
    expect((await ask(session.base)).status).toBe(400);
    expect(session.refusal()).toMatchObject({ kind: "limit", reason: "the run's budget is spent" });
    left = 10;
    expect((await ask(session.base)).status).toBe(400);
    expect(server.requests).toEqual([]);
  });

  it.each([1, 2, 5])("of %i turns is held by calls side by side", async (turns) => {
    const server = await serve(aDollar);
    const session = await aSession(server, { limits: { ...noLimits, turns } });
    const answered = await statuses(Array.from({ length: 12 }, async () => ask(session.base)));
    expect([count(answered, 200), count(answered, 400)]).toEqual([turns, 12 - turns]);
    expect(server.requests).toHaveLength(turns);
  });

  it("counts a turn that a failure gave back", async () => {
    let calls = 0;
    const server = await serve(() => {
      calls += 1;
      return calls === 1 ? { fault: { type: "status", status: 400 } } : { say: "ok" };
    });
    const session = await aSession(server, { limits: { ...noLimits, turns: 1 } });
    expect(await statuses([ask(session.base), ask(session.base)])).toEqual([400, 200]);
    expect(session.refusal()).toBeNull();
  });
});

describe("the run's budget", () => {
  it.each([
    [1, 1],
    [3, 8],
    [3.5, 8],
    [6, 3],
  ])(
    "of $%d is passed by one call at most, with calls of %i sessions side by side",
    async (budget, sessions) => {
      const server = await serve(aDollar);
      let spent = 0;
      const gateway = aGateway();
      const open = await Promise.all(
        Array.from({ length: sessions }, async () =>
          aSession(server, {
            gateway,
            usdLeft: () => Math.max(0, budget - spent),
            onCall: ({ usd }) => {
              spent += usd ?? 0;
            },
          }),
        ),
      );
      const calls = Array.from({ length: 24 }, async (_, n) => ask(open[n % sessions]?.base ?? ""));
      const answered = count(await statuses(calls), 200);
      expect(answered).toBeGreaterThanOrEqual(Math.floor(budget));
      expect(answered).toBeLessThanOrEqual(Math.floor(budget) + 1);
      expect(server.requests).toHaveLength(answered);
      expect(spent).toBeLessThan(budget + 1);
    },
  );

  it("lets calls go side by side while there is enough for all of them", async () => {
    let open = 0;
    const all = Promise.withResolvers<void>();
    const server = await serve(async () => {
      open += 1;
      if (open === 8) all.resolve();
      // None is answered before each has come.
      await all.promise;
      return { say: "ok" };
    });
    const session = await aSession(server, { usdLeft: () => 1000 });
    await statuses(Array.from({ length: 8 }, async () => ask(session.base)));
    expect(open).toBe(8);
  });

  it("is not held up by a client that goes away", async () => {
    const server = await serve(({ body }) =>
      body.includes("hang") ? { fault: { type: "hang", afterBytes: 0 } } : { say: "ok" },
    );
    const session = await aSession(server, { usdLeft: () => 0.01 });
    const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "hang" }] });
    const leaving = new AbortController();
    const hanging = ask(session.base, { body, signal: leaving.signal }).catch(() => null);
    await timer(100);
    const second = ask(session.base);
    await timer(100);
    expect(server.requests).toHaveLength(1);
    expect(session.progress).toEqual(["waits for other calls to end: little is left of a limit"]);
    leaving.abort();
    await hanging;
    expect((await second).status).toBe(200);
  });
});

it("passes nothing on before it is ready", async () => {
  const server = await serve(aDollar);
  const gate = Promise.withResolvers<void>();
  const session = await aSession(server, { ready: async () => gate.promise });
  const asked = ask(session.base);
  await timer(100);
  expect(server.requests).toEqual([]);
  gate.resolve();
  expect((await asked).status).toBe(200);
});
