import { expect, it } from "vitest";
import { builtIn } from "../../programs/guest-setups.ts";
import { describeSandboxed } from "../../sandbox/support.ts";
import type { BenchTask } from "./bench-task.ts";
import { measureDispatch, turnMs } from "./measured-dispatch.ts";
import { continues, prefixOf, sharedHead } from "./request-prefix.ts";

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
    // Two workers of two turns, and a reviewer each: the dispatcher itself asks no model.
    expect(run.reviews).toBe(2);
    const prefixes = run.requests.map(({ body }) => prefixOf(body));
    const [first = prefixOf("{}"), ...rest] = prefixes;
    // Neither turns nor tasks change what a provider has cached.
    expect(rest.map((one) => sharedHead(first, one))).toEqual([1, 1, 1]);
    const begun = prefixes.filter(({ messages }) => messages.length === 1);
    expect(begun).toHaveLength(2);
    for (const one of prefixes) expect(begun.filter((start) => continues(start, one))).toHaveLength(1);
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
