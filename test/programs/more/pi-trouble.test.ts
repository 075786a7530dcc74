import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { pi } from "../../../src/agents/programs/pi.ts";
import type { GuestTrouble } from "../../../src/agents/guest/guest.ts";
import type { ServerTurn } from "../../model-server/types.ts";
import { describeSandboxed } from "../../sandbox/support.ts";
import { installProgram } from "../../support/npm-program.ts";
import { openProgram, textsOf, tryProgram } from "../harness.ts";
import { expectSoonEnded } from "../soon-ended.ts";
import { inTurn, programsInside } from "../turns.ts";

const status = (code: number, message: string): ServerTurn => ({
  fault: { type: "status", status: code, message },
});

const troubles: [string, ServerTurn, GuestTrouble][] = [
  ["a refused key", status(401, "invalid x-api-key"), "login"],
  ["an unknown model", status(404, "model: test-model"), "model"],
  ["a rate limit", status(429, "rate limited"), "rate-limit"],
  ["a prompt that is too long", status(400, "prompt is too long: 250000 tokens > 200000 maximum"), "context"],
  ["an empty account", status(400, "Your credit balance is too low to access the Anthropic API."), "quota"],
  ["an overloaded vendor", status(529, "Overloaded"), "unreachable"],
  ["a stream that breaks", { say: "Half of it", fault: { type: "cut", afterBytes: 700 } }, "unreachable"],
  ["a stream without an end", { say: "Half of it", fault: { type: "early-end" } }, "unreachable"],
  ["a connection that is reset", { fault: { type: "reset" } }, "unreachable"],
  ["a refusal", { say: "I will not.", stop: "refusal" }, "refused"],
  ["an answer that is cut", { say: "Half of", stop: "length" }, "error"],
];

describeSandboxed("pi in trouble", async () => {
  const bin = await installProgram("pi");

  it.for(troubles)("tells %s", async ([, turn, why]) => {
    const tried = await tryProgram({ program: pi, bin, turn: { prompt: "Go." }, reply: inTurn(turn) });
    expect(tried.end).toMatchObject({ type: "failed", why });
  });

  it.for(["openai", "openai-chat", "google"] as const)("tells a refused key of %s", async (api) => {
    const model = { name: "test-model", api };
    const reply = inTurn(status(401, "Incorrect API key provided"));
    const { end } = await tryProgram({ program: pi, bin, model, turn: { prompt: "Go." }, reply });
    expect(end).toMatchObject({ type: "failed", why: "login" });
  });

  it("says that it tries again", async () => {
    const reply = inTurn(status(529, "Overloaded"), { say: "Fine." });
    const tried = await tryProgram({ program: pi, bin, turn: { prompt: "Go." }, reply });
    expect(tried.end).toEqual({ type: "done" });
    expect(textsOf(tried.events, "retrying")).toEqual([expect.stringMatching(/^529 .*1 of 1/)]);
  });

  it("ends within three seconds when it is stopped while a model hangs", () =>
    expectSoonEnded({ program: pi, bin }));

  it("leaves no command behind when it is stopped while one runs", async () => {
    const call = { tool: "bash", command: "sleep 1234" };
    await using bench = await openProgram({ program: pi, bin, reply: inTurn({ call }) });
    const controller = new AbortController();
    let isWorking = false;
    const onEvent = ({ type }: { type: string }): void => void (isWorking ||= type === "activity");
    const running = bench.run({ prompt: "Go.", signal: controller.signal, onEvent });
    while (!isWorking) await sleep(20);
    await sleep(500);
    expect(await programsInside(bench.sandbox)).toContain("sleep 1234");
    controller.abort();
    await running;
    expect(await programsInside(bench.sandbox)).toBe("");
  });

  it("tells that it was killed", async () => {
    const call = { tool: "bash", command: "kill -9 $PPID; sleep 5" };
    const reply = inTurn({ call }, { say: "Alive." });
    const tried = await tryProgram({ program: pi, bin, turn: { prompt: "Go." }, reply });
    expect(tried.end).toMatchObject({
      type: "failed",
      why: "killed",
      message: expect.stringContaining("SIGKILL"),
    });
  });

  it("tells flags that it does not know", async () => {
    const start: typeof pi.start = (options) => ({
      ...pi.start(options),
      args: ["--mode", "rpc", "--no-such-flag"],
    });
    const program = { ...pi, start };
    const { end } = await tryProgram({ program, bin, turn: { prompt: "Go." }, reply: inTurn({ say: "?" }) });
    expect(end).toMatchObject({
      type: "failed",
      why: "start",
      message: expect.stringContaining("no-such-flag"),
    });
  });
});
