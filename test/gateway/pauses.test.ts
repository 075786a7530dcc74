import { setTimeout as timer } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { ask, clock, endAll, until } from "./a-gateway.ts";
import { limited, serveFaults, sessions } from "./faults.ts";

afterEach(endAll);

it("pauses a provider for all sessions, and lets them go one at a time afterwards", async () => {
  const workers = 8;
  // All at once, and two that find out after a pause.
  const failures = workers + 2;
  const { server, at } = await serveFaults(async () => {
    const call = at.length;
    await timer(200);
    return call <= failures ? { fault: limited } : { say: "ok" };
  });
  const all = await sessions(server, workers);
  const answers = await Promise.all(all.map(async ({ base }) => ask(base)));
  expect(answers.map(({ status }) => status)).toEqual(Array(workers).fill(200));
  expect(at).toHaveLength(failures + workers);
  for (const later of [workers, workers + 1, workers + 2]) {
    expect((at[later] ?? 0) - (at[later - 1] ?? 0)).toBeGreaterThanOrEqual(1000);
  }
  for (const { progress } of all) {
    expect(progress[0]).toBe("rate limited by anthropic, next try in 1 s");
    // Each pause is told to everybody.
    expect(progress.filter((text) => text.endsWith("next try in 1 s")).length).toBeGreaterThanOrEqual(2);
  }
  expect(all.every((session) => session.lastFailure() === null)).toBe(true);
});

it("takes what failed together for one failure", async () => {
  const workers = 8;
  const { server, at } = await serveFaults(async () => {
    await timer(200);
    return at.length === workers ? { fault: { type: "status", status: 503 } } : { say: "ok" };
  });
  const began = performance.now();
  const all = await sessions(server, workers);
  const answers = await Promise.all(all.map(async ({ base }) => ask(base)));
  expect(answers.map(({ status }) => status)).toEqual(Array(workers).fill(200));
  expect(performance.now() - began).toBeLessThan(5000);
  expect(at).toHaveLength(2 * workers);
});

it("lets a new session wait that has not failed itself, and no other provider", async () => {
  const { server, at } = await serveFaults(({ provider }) =>
    provider === "anthropic" && at.length < 2 ? { fault: limited } : { say: "ok" },
  );
  const [a, b] = await sessions(server, 2);
  const began = performance.now();
  const first = ask(a?.base ?? "");
  await until(() => a?.progress.length === 1);
  const second = ask(b?.base ?? "");
  const body = JSON.stringify({ model: "gpt-5.5", input: "Hi" });
  const other = await fetch(`${b?.base}/openai/v1/responses`, { method: "POST", body });
  expect(other.status).toBe(200);
  expect(performance.now() - began).toBeLessThan(900);
  expect((await second).status).toBe(200);
  expect((await first).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThan(990);
  expect(server.requests).toHaveLength(4);
});

it("hands a probe on when its client goes away", async () => {
  const { server, at } = await serveFaults(() =>
    at.length === 1
      ? { fault: limited }
      : at.length === 2
        ? { fault: { type: "hang", afterBytes: 0 } }
        : { say: "ok" },
  );
  const [a, b] = await sessions(server, 2, clock(10));
  const leaving = new AbortController();
  const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "Hi" }] });
  const left = ask(a?.base ?? "", { body, signal: leaving.signal }).catch(() => null);
  await until(() => at.length === 2);
  const second = ask(b?.base ?? "");
  await timer(100);
  expect(at).toHaveLength(2);
  expect(b?.progress).toEqual(["rate limited by anthropic, waits its turn"]);
  leaving.abort();
  await left;
  expect((await second).status).toBe(200);
});
