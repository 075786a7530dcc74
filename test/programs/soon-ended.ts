import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { openProgram } from "./harness.ts";
import { inTurn, programsInside } from "./turns.ts";

type Opening = Omit<Parameters<typeof openProgram>[0], "reply">;

/** Stopped while its model hangs, a program is gone within three seconds, and says that it was stopped. */
export async function expectSoonEnded(opening: Opening): Promise<void> {
  const reply = inTurn({ fault: { type: "hang", afterBytes: 0 } });
  await using bench = await openProgram({ ...opening, reply });
  const controller = new AbortController();
  const running = bench.run({ prompt: "Go.", signal: controller.signal });
  while (bench.server.calls().length === 0) await sleep(20);
  const stopped = performance.now();
  controller.abort();
  expect((await running).end).toMatchObject({ type: "failed", why: "killed" });
  expect(performance.now() - stopped).toBeLessThan(3_000);
  expect(await programsInside(bench.sandbox)).toBe("");
}
