import { expect, test } from "vitest";
import { type Agent, conversationInMemory } from "../../src/agents/agent.ts";
import { createApiAgent } from "../../src/agents/api/api-agent.ts";
import { openLater, workIn } from "../../src/agents/work-in.ts";
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
    needs: { readOnly: [], network: false, home: true, openSandbox: true, isProgram: false },
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

test("a sandbox that is opened later is opened once something is asked of it, once; and one that cannot be had ends the work", async () => {
  await using bench = await openBench({ "a.txt": "a\n" });
  let opened = 0;
  const work = async (steps: Parameters<typeof listModel>[0], open: () => Promise<Sandbox>) => {
    const model = listModel(steps);
    const later = openLater(async () => {
      opened += 1;
      return open();
    });
    const done = workIn(later, {
      agent: builtIn(model),
      job: { ...bench.job, conversation: conversationInMemory(), models: [model.id] },
    });
    return done.finally(later.close);
  };
  const closed: string[] = [];
  const sandbox: Sandbox = { ...bench.job.sandbox, close: async () => void closed.push("closed") };
  await work([finishes("nothing was looked at")], async () => sandbox);
  expect([opened, closed]).toEqual([0, []]);
  await work(
    [reply([call("list", {}), call("read", { path: "a.txt" })]), finishes("seen")],
    async () => sandbox,
  );
  expect([opened, closed]).toEqual([1, ["closed"]]);
  const trouble = new AgentxError("SANDBOX_OPEN", { where: "", what: "no room", hint: "" });
  await expect(work([reply([call("list", {})])], () => Promise.reject(trouble))).rejects.toBe(trouble);
});
