import { expect, test } from "vitest";
import type { Agent } from "../../src/agents/agent.ts";
import { createApiAgent } from "../../src/agents/api/api-agent.ts";
import { workIn } from "../../src/agents/work-in.ts";
import { AgentxError } from "../../src/core/error.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { lastResults, openBench } from "./api/a-job.ts";
import { call, finishes, type ListModel, listModel, reply } from "./api/a-model.ts";

const builtIn = (model: ListModel): Agent =>
  createApiAgent({ openModel: () => model, now: () => performance.now() });

test("the built-in agent asks its model while the sandbox opens; what the model wants done waits for it", async () => {
  await using bench = await openBench({ "a.txt": "a\n" });
  const opening = Promise.withResolvers<Sandbox>();
  const model = listModel([
    async () => {
      // Only now: who waited for the sandbox first would wait for ever.
      setImmediate(() => opening.resolve(bench.job.sandbox));
      return reply([call("list", {})]);
    },
    finishes("seen"),
  ]);
  const job = { ...bench.job, models: [model.id] };
  const result = await workIn(opening.promise, { agent: builtIn(model), job });
  expect(result).toEqual({ type: "finished", note: "seen" });
  expect(lastResults(bench.messages.slice(0, 3))[0]).toMatchObject({
    text: expect.stringContaining("a.txt") as string,
  });
});

test("a sandbox that cannot be had ends the work, although the model has not answered yet", async () => {
  await using bench = await openBench();
  const opening = Promise.withResolvers<Sandbox>();
  const trouble = new AgentxError("SANDBOX_OPEN", { where: "", what: "no room", hint: "" });
  const model = listModel([
    ({ signal }) => {
      setImmediate(() => opening.reject(trouble));
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      );
    },
  ]);
  const job = { ...bench.job, models: [model.id] };
  await expect(workIn(opening.promise, { agent: builtIn(model), job })).rejects.toBe(trouble);
  expect(model.requests).toHaveLength(1);
});

test("a guest begins in an open sandbox", async () => {
  await using bench = await openBench();
  const begun: Sandbox[] = [];
  const guest: Agent = {
    name: "guest",
    needs: { readOnly: [], network: false, home: true, openSandbox: true },
    work: async ({ sandbox }) => {
      begun.push(sandbox);
      return { type: "finished", note: "" };
    },
  };
  const opening = Promise.withResolvers<Sandbox>();
  const working = workIn(opening.promise, { agent: guest, job: bench.job });
  await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toEqual([]);
  opening.resolve(bench.job.sandbox);
  await working;
  expect(begun).toEqual([bench.job.sandbox]);
});
