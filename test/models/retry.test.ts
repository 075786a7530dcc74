import { describe, expect, it } from "vitest";
import { ModelError, type ModelErrorKind } from "../../src/models/model.ts";
import { waitAfter, withRetry } from "../../src/models/retry.ts";
import { sleep } from "../../src/models/sleep.ts";
import { failure, request, user } from "./calls.ts";

function failing(
  kind: ModelErrorKind,
  retryAfterMs: number | null = null,
): { id: string; calls: number; call: () => Promise<never> } {
  const model = {
    id: "a/b",
    calls: 0,
    call: async (): Promise<never> => {
      model.calls += 1;
      throw new ModelError(kind, "a/b", { message: `failed with ${kind}`, retryAfterMs });
    },
  };
  return model;
}

describe("a retry", () => {
  it("gives up after the last try with the last error, and a sign of life in each second until then", async () => {
    const model = failing("overloaded");
    const slept: number[] = [];
    const sleepOf = async (ms: number): Promise<void> => {
      slept[model.calls - 1] = (slept[model.calls - 1] ?? 0) + ms;
      expect(ms).toBeLessThanOrEqual(1000);
    };
    const said: string[] = [];
    const onProgress = (text: string): void => void said.push(text);
    const retried = withRetry(model, { tries: 5, random: () => 1, sleep: sleepOf });
    expect(await failure(retried.call(request([user("Hi")], { onProgress })))).toMatchObject({
      kind: "overloaded",
    });
    expect(model.calls).toBe(5);
    expect(slept).toEqual([1000, 2000, 4000, 8000]);
    expect(said.filter((text) => text === "")).toHaveLength(15);
    expect(said.filter((text) => text !== "")).toEqual(
      [1, 2, 4, 8].map((s) => `provider overloaded, next try in ${s} s`),
    );
  });

  it.each(["auth", "quota", "bad-request", "not-found", "context-length"] as const)(
    "is not made for %s",
    async (kind) => {
      const model = failing(kind);
      await failure(withRetry(model, { tries: 5, random: () => 1, sleep }).call(request([user("Hi")])));
      expect(model.calls).toBe(1);
    },
  );

  it("is not made when the provider asks for more than a minute", async () => {
    const model = failing("rate-limit", 61_000);
    await failure(withRetry(model, { tries: 5, random: () => 1, sleep }).call(request([user("Hi")])));
    expect(model.calls).toBe(1);
  });

  it("ends in the middle of a wait when it is aborted", async () => {
    const signal = AbortSignal.timeout(20);
    const retried = withRetry(failing("network"), { tries: 5, random: () => 1, sleep });
    expect(await failure(retried.call(request([user("Hi")], { signal })))).toBe(signal.reason);
  });

  it("waits longer each time, up to a minute, and as long as the provider asks", () => {
    expect([1, 2, 3, 20].map((failures) => waitAfter(failures, null, 0))).toEqual([500, 1000, 2000, 30_000]);
    expect(waitAfter(20, null, 1)).toBe(60_000);
    expect(waitAfter(1, 90_000, 0)).toBe(90_000);
    expect(waitAfter(1, 90_000, 0.5)).toBe(90_500);
  });
});
