import { expect, test } from "vitest";
import type { WorkerJob } from "../../../src/agents/agent.ts";
import { openGuestBench, says } from "./a-bench.ts";

const submit: NonNullable<WorkerJob["submit"]> = {
  tool: {
    name: "submit_verdict",
    description: "Hand over your verdict.",
    parameters: { type: "object", properties: { verdict: { enum: ["approve", "reject"] } } },
  },
  check: (value) =>
    (value as { verdict?: unknown }).verdict === "approve" ? null : 'verdict has to be "approve"',
};
const review: Partial<WorkerJob> = { role: "review", tools: ["read"], submit };
const good = 'I looked.\n```json\n{"verdict": "approve"}\n```';

test("the prompt says the form, and the last JSON object of the last words is the result", async () => {
  await using bench = await openGuestBench({ job: review });
  bench.door.calls = 1;
  bench.acts.push(says(`{"verdict": "no"}\n${good}`));
  expect(await bench.work()).toEqual({
    type: "submitted",
    value: { verdict: "approve" },
    model: "anthropic/opus",
  });
  const [turn] = bench.turns;
  expect(turn?.prompt).toMatch(
    /^Mend the cart\.[^]*Hand over your verdict\.[^]*"enum":\["approve","reject"\]/,
  );
  expect(turn?.system).toContain("You are the reviewer");
  expect(turn?.system).not.toContain("agentx ask");
  expect(turn).toMatchObject({ readOnly: true, env: { AGENTX_DOOR: "http://127.0.0.1:1" } });
});

test("what never called the model that it was given is not said to have thought with it", async () => {
  await using bench = await openGuestBench({ job: review });
  bench.acts.push(says(good));
  expect(await bench.work()).toMatchObject({ type: "submitted", model: "claude/unknown" });
});

test("what will not do goes back into the same session, at most twice", async () => {
  await using bench = await openGuestBench({ job: review });
  bench.acts.push(says("It is fine.", "s1"), says('{"verdict": "ok"}'), says(good));
  expect(await bench.work()).toMatchObject({ type: "submitted" });
  expect(bench.turns.map(({ session }) => session)).toEqual([null, "s1", "s1"]);
  expect(bench.turns[1]?.prompt).toContain("it holds no JSON object");
  expect(bench.turns[2]?.prompt).toContain('verdict has to be "approve"');

  await using stubborn = await openGuestBench({ job: review });
  stubborn.acts.push(says("No."), says("No."), says("No."));
  expect(await stubborn.work()).toMatchObject({
    type: "failed",
    failure: { kind: "agent", reason: "claude gave no result that can be taken: it holds no JSON object" },
  });
});

test("a guest without sessions is given what it said, the complaint and the form", async () => {
  await using bench = await openGuestBench({ job: review, guest: { resumes: false } });
  bench.acts.push(says("It is fine."), says(good));
  expect(await bench.work()).toMatchObject({ type: "submitted" });
  const prompt = bench.turns[1]?.prompt ?? "";
  for (const part of ["Mend the cart.", "you: It is fine.", "cannot be taken", "JSON Schema"])
    expect(prompt).toContain(part);
});
