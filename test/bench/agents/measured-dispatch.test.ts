import { expect, it } from "vitest";
import { builtIn } from "../../programs/guest-setups.ts";
import { describeSandboxed } from "../../sandbox/support.ts";
import type { BenchTask } from "./bench-task.ts";
import { measureDispatch, turnMs } from "./measured-dispatch.ts";

const twoTurns = (command: string): BenchTask => ({
  ids: ["a", "b"],
  turnsFor: (id) => [
    { call: { tool: "shell", command: `${command} > ${id}.txt` } },
    { call: { tool: "finish", note: "done" } },
  ],
});

describeSandboxed("a measured dispatch", () => {
  it("says how long the workers were at it, what they sent and what they held", async () => {
    const run = await measureDispatch(builtIn("anthropic"), { task: twoTurns("echo a"), memory: true });
    expect(run.workMs).toBeGreaterThanOrEqual(2 * turnMs);
    expect(run.wallMs).toBeGreaterThan(run.workMs);
    expect(run.requests).toHaveLength(4);
    expect(run.requests.every(({ bytes, isTurn }) => isTurn && bytes > 1000)).toBe(true);
    expect(run.memory?.processes).toBeGreaterThan(2);
    expect(run.memory?.dispatcherBytes).toBeGreaterThan(2 ** 24);
    expect(run.memory?.bytes).toBeGreaterThan(run.memory?.dispatcherBytes ?? 0);
  });

  it("has no numbers of a run that did not merge its tasks at the first try", async () => {
    // The file `broken` makes the project's gate red.
    const measured = measureDispatch(builtIn("anthropic"), { task: twoTurns("touch broken; echo a") });
    await expect(measured).rejects.toThrow("not merged: a, b");
  });
});
