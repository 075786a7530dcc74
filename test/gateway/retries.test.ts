import { setTimeout as timer } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createUpstream } from "../../src/gateway/create-upstream.ts";
import type { Fault } from "../model-server/types.ts";
import { aGateway, ask, aSession, endAll, modelsAt, sleptClock, until } from "./a-gateway.ts";
import { failing, limited, serveFaults, sessions } from "./faults.ts";

afterEach(endAll);

describe("a try again", () => {
  it.each<[string, Fault, string]>([
    ["an overload", { type: "status", status: 529 }, "overload at anthropic"],
    ["an outage", { type: "status", status: 503 }, "overload at anthropic"],
    ["a reset", { type: "reset" }, "no connection to anthropic"],
    ["a cut before the first byte", { type: "cut", afterBytes: 0 }, "no connection to anthropic"],
  ])("follows %s, later each time", async (_name, fault, words) => {
    const time = sleptClock();
    const { server, at } = await serveFaults(failing(fault, fault, fault), time.now);
    const [session] = await sessions(server, 1, time);
    const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "Hi" }] });
    const response = await ask(session?.base ?? "", { body });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("message_stop");
    // Without jitter: half of one, two and four seconds.
    expect(at).toEqual([0, 500, 1500, 3500]);
    expect(session?.progress[0]).toBe(`${words}, next try in 1 s`);
    expect(session?.told).toHaveLength(1);
  });

  it("ends after five, and the program gets the last failure as it came", async () => {
    const fault: Fault = { type: "status", status: 429, message: "slow down" };
    const { server } = await serveFaults(() => ({ fault }));
    const [session] = await sessions(server, 1, sleptClock());
    const response = await ask(session?.base ?? "");
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({
      error: { type: "rate_limit_error", message: "slow down" },
    });
    expect(server.requests).toHaveLength(5);
    expect(session?.lastFailure()).toMatchObject({ status: 429, message: "slow down" });
    expect(session?.told).toEqual([]);
    expect(session?.refusal()).toBeNull();
  });

  // A 500 is followed by the program, or by its next start: test/agents/guest/work.test.ts.
  it.each([400, 401, 403, 404, 500])("does not follow a %i", async (status) => {
    const { server } = await serveFaults(failing({ type: "status", status }));
    const [session] = await sessions(server, 1);
    expect((await ask(session?.base ?? "")).status).toBe(status);
    expect(server.requests).toHaveLength(1);
    expect(session?.progress).toEqual([]);
  });

  it("does not follow an account without money", async () => {
    const { server } = await serveFaults(
      failing({ type: "status", status: 429, code: "insufficient_quota" }),
    );
    const [session] = await sessions(server, 1);
    expect((await ask(session?.base ?? "")).status).toBe(429);
    expect(server.requests).toHaveLength(1);
  });

  it("is not waited for longer than five minutes, by other sessions neither", async () => {
    const { server } = await serveFaults(failing({ type: "status", status: 429, retryAfter: 3600 }));
    const [a, b] = await sessions(server, 2);
    const first = await ask(a?.base ?? "");
    expect([first.status, first.headers.get("retry-after")]).toEqual([429, "3600"]);
    expect((await ask(b?.base ?? "")).status).toBe(429);
    expect(server.requests).toHaveLength(1);
    expect(b?.lastFailure()).toMatchObject({ status: 429, model: "anthropic/claude-opus-5-5" });
  });

  it("is told of twice a minute, and gives a sign of life each second", async () => {
    const { server } = await serveFaults(failing({ type: "status", status: 429, retryAfter: 200 }));
    const [session] = await sessions(server, 1, sleptClock());
    expect((await ask(session?.base ?? "")).status).toBe(200);
    const waits = [200, 170, 140, 110, 80, 50, 20];
    expect(session?.pulses()).toBeGreaterThanOrEqual(200);
    expect(session?.progress).toEqual(waits.map((s) => `rate limited by anthropic, next try in ${s} s`));
  });

  it("is not made for a client that has gone, and the next one may go on", async () => {
    const { server } = await serveFaults(failing(limited));
    const [a, b] = await sessions(server, 2);
    const leaving = new AbortController();
    const left = ask(a?.base ?? "", { signal: leaving.signal }).catch(() => null);
    await until(() => a?.progress.length === 1);
    leaving.abort();
    await left;
    await timer(1200);
    expect(server.requests).toHaveLength(1);
    expect((await ask(b?.base ?? "")).status).toBe(200);
  });
});

it("answers 502 where nothing can be reached, and says why", async () => {
  const { server } = await serveFaults(() => ({}));
  await server.close();
  const gateway = aGateway({ ...sleptClock(), upstream: createUpstream({ proxyEnv: {} }) });
  const session = await aSession(server, { gateway, models: modelsAt(server.url) });
  const response = await ask(session.base);
  expect(response.status).toBe(502);
  // It was tried often enough.
  expect(response.headers.get("x-should-retry")).toBe("false");
  expect(await response.text()).toContain("ECONNREFUSED");
  expect(session.lastFailure()).toMatchObject({
    status: null,
    message: expect.stringContaining("ECONNREFUSED") as string,
  });
});
