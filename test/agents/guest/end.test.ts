import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { WorkerJob } from "../../../src/agents/agent.ts";
import { AgentxError } from "../../../src/core/error.ts";
import { done, hangs, openGuestBench, says } from "./a-bench.ts";

test("silence is a stall; events, bytes through the door and desk requests are signs of life", async () => {
  await using bench = await openGuestBench();
  const limits = { ...bench.job.limits, stallMs: 1_000 };
  bench.acts.push(hangs);
  expect(await bench.work({ limits })).toMatchObject({
    type: "failed",
    failure: { kind: "stall", reason: expect.stringContaining("no sign of life from claude") },
  });
  expect(bench.door.isOpen()).toBe(false);

  const signs: (() => unknown)[] = [
    () => bench.turns.at(-1)?.onEvent({ type: "retrying", text: "tries again" }),
    () => bench.door.opened.at(-1)?.onProgress(""),
    () => bench.notes().answer,
  ];
  for (const sign of signs) {
    bench.acts.push(async () => {
      for (let times = 0; times < 8; times += 1) {
        await new Promise((resolve) => setTimeout(resolve, 250));
        await sign();
      }
      return done;
    });
    expect(await bench.work({ limits })).toMatchObject({ type: "finished" });
  }
});

test("an attempt that takes too long is stopped", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(hangs);
  const result = await bench.work({ limits: { ...bench.job.limits, ms: 300 } });
  expect(result).toMatchObject({ failure: { kind: "limit", reason: "the attempt took longer than 0.3 s" } });
});

test("an abort stops the guest, closes the door, and is thrown", async () => {
  await using bench = await openGuestBench();
  const stop = new AbortController();
  bench.acts.push((turn) => {
    setTimeout(() => stop.abort(new Error("canceled")), 10);
    return hangs(turn);
  });
  const work = bench.work({ signal: stop.signal });
  await expect(work).rejects.toThrow("canceled");
  expect(bench.turns[0]?.signal.aborted).toBe(true);
  expect(bench.door.isOpen()).toBe(false);
  await expect(bench.work({ signal: stop.signal })).rejects.toThrow("canceled");
});

test("a limit that the door refused for wins over what the guest says", async () => {
  await using bench = await openGuestBench();
  const refusal = { kind: "limit", reason: "all 30 turns", hint: "" } as const;
  bench.acts.push(async (turn) => {
    bench.door.refusal = refusal;
    return says("All done!")(turn);
  });
  expect(await bench.work()).toEqual({ type: "failed", failure: refusal });
});

test("limits of a guest with its own login are held by what it tells", async () => {
  await using bench = await openGuestBench({ spec: { credentials: "own" } });
  const usage = { inputTokens: 900, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 200 };
  bench.acts.push((turn) => {
    turn.onEvent({ type: "used", scope: "call", model: null, usage, usd: null });
    return hangs(turn);
  });
  const result = await bench.work({ limits: { ...bench.job.limits, tokens: 1000 } });
  expect(result).toMatchObject({
    failure: { kind: "limit", reason: "the attempt used 1100 of 1000 tokens" },
  });
  expect(bench.calls).toMatchObject([{ model: "anthropic/unknown", usd: null }]);

  bench.acts.push((turn) => {
    turn.onEvent({ type: "used", scope: "call", model: null, usage, usd: 1 });
    return hangs(turn);
  });
  expect(await bench.work({ usdLeft: () => 0 })).toMatchObject({
    failure: { kind: "limit", reason: "the run's budget is used up" },
  });
});

test("what the sandbox throws is a setup failure, and the door is closed", async () => {
  await using bench = await openGuestBench();
  bench.acts.push(async () => {
    throw new AgentxError("SANDBOX_LOST", { where: "sandbox", what: "it died", hint: "look" });
  });
  expect(await bench.work()).toEqual({
    type: "failed",
    failure: { kind: "setup", reason: "sandbox: it died", hint: "look" },
  });
  const sandbox: WorkerJob["sandbox"] = {
    ...bench.job.sandbox,
    openDoor: () => Promise.reject(new AgentxError("SANDBOX_DOOR", { where: "", what: "no door", hint: "" })),
  };
  expect(await bench.work({ sandbox })).toMatchObject({ failure: { kind: "setup", reason: "no door" } });
  expect(bench.door.opened.length).toBe(2);
  expect(bench.door.isOpen()).toBe(false);
});

test("what an earlier attempt left in the way of a file ends the attempt, not the run", async () => {
  await using bench = await openGuestBench();
  mkdirSync(join(bench.job.scratch, "ipc/README"), { recursive: true });
  expect(await bench.work()).toMatchObject({
    type: "failed",
    failure: { kind: "setup", reason: expect.stringContaining("README is a folder") },
  });
  expect(bench.door.isOpen()).toBe(false);
});
