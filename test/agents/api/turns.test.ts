import { expect, test } from "vitest";
import { conversationInMemory, type Conversation } from "../../../src/agents/agent.ts";
import { openBench } from "./a-job.ts";
import { call, listModel, reply } from "./a-model.ts";

/** A conversation that keeps in which round of the event loop each message came. */
function inRounds(round: () => number): { conversation: Conversation; rounds: number[] } {
  const rounds: number[] = [];
  const { messages, append } = conversationInMemory();
  return { rounds, conversation: { messages, append: (message) => (rounds.push(round()), append(message)) } };
}

test("twenty workers that go on at one moment do not do it in one round of the event loop", async () => {
  await using bench = await openBench();
  let [round, stopped] = [0, false];
  const next = (): void => {
    round += 1;
    if (!stopped) setImmediate(next);
  };
  setImmediate(next);
  const workers = Array.from({ length: 20 }, () => inRounds(() => round));
  const model = (): ReturnType<typeof listModel> =>
    listModel([reply([call("list", { path: "." })]), reply([call("finish", { note: "done" })])]);
  const results = await Promise.all(
    workers.map(({ conversation }) => bench.work([model()], { conversation })),
  );
  stopped = true;
  expect(results.every(({ type }) => type === "finished")).toBe(true);
  const answers = workers.map(({ rounds }) => rounds[1]);
  expect(new Set(answers).size).toBe(20);
});
