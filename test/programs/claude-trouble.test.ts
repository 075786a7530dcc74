import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { claude } from "../../src/agents/programs/claude.ts";
import type { GuestTrouble } from "../../src/agents/guest/guest.ts";
import type { ServerTurn } from "../model-server/types.ts";
import { describeSandboxed } from "../sandbox/support.ts";
import { installProgram } from "../support/npm-program.ts";
import { openProgram, textsOf, tryProgram } from "./harness.ts";
import { expectSoonEnded } from "./soon-ended.ts";
import { inTurn, programsInside } from "./turns.ts";

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
  ["a stream without an end", { say: "Half of it", fault: { type: "early-end" } }, "unreachable"],
  ["a refusal", { say: "I will not.", stop: "refusal" }, "refused"],
];

describeSandboxed("claude in trouble", async () => {
  const bin = await installProgram("claude");

  it.for(troubles)("tells %s", async ([, turn, why]) => {
    const tried = await tryProgram({ program: claude, bin, turn: { prompt: "Go." }, reply: inTurn(turn) });
    expect(tried.end).toMatchObject({ type: "failed", why });
    // The program's own words about an error are not the model's.
    expect(textsOf(tried.events, "said").filter((text) => text.includes("API Error"))).toEqual([]);
  });

  it("says that it tries again", async () => {
    const reply = inTurn(status(529, "Overloaded"), { say: "Fine." });
    const tried = await tryProgram({ program: claude, bin, turn: { prompt: "Go." }, reply });
    expect(tried.end).toEqual({ type: "done" });
    expect(textsOf(tried.events, "retrying")).toEqual([
      expect.stringMatching(/^overloaded \(529\): .*1 of 2/),
    ]);
  });

  it("asks again for the whole answer when the stream breaks", async () => {
    const reply = inTurn({ say: "All of it.", fault: { type: "cut", afterBytes: 700 } });
    const tried = await tryProgram({ program: claude, bin, turn: { prompt: "Go." }, reply });
    expect(tried.end).toEqual({ type: "done" });
    expect(textsOf(tried.events, "said")).toEqual(["All of it."]);
    expect(tried.requests.flatMap(({ call }) => call?.stream ?? [])).toEqual([true, true, true, false]);
  });

  it("ends within three seconds when it is stopped while a model hangs", () =>
    expectSoonEnded({ program: claude, bin }));

  it("leaves no command behind when it is stopped while one runs", async () => {
    const command = { tool: "Bash", command: "sleep 1234", description: "wait" };
    await using bench = await openProgram({ program: claude, bin, reply: inTurn({ call: command }) });
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
    const command = { tool: "Bash", command: "kill -9 $CLAUDE_PID; sleep 5", description: "end it" };
    const reply = inTurn({ call: command }, { say: "Alive." });
    const tried = await tryProgram({ program: claude, bin, turn: { prompt: "Go." }, reply });
    expect(tried.end).toMatchObject({
      type: "failed",
      why: "killed",
      message: expect.stringContaining("SIGKILL"),
    });
  });

  it("says that it is not there", async () => {
    const { end } = await tryProgram({
      program: { ...claude, name: "pi" },
      bin,
      turn: { prompt: "Go." },
      reply: inTurn({ say: "?" }),
    });
    expect(end).toMatchObject({
      type: "failed",
      why: "start",
      message: expect.stringContaining(claude.install),
    });
  });

  it("tells flags that it does not know", async () => {
    const start: typeof claude.start = (options) => ({ ...claude.start(options), args: ["--no-such-flag"] });
    const { end } = await tryProgram({
      program: { ...claude, start },
      bin,
      turn: { prompt: "Go." },
      reply: inTurn({ say: "?" }),
    });
    expect(end).toMatchObject({
      type: "failed",
      why: "start",
      message: expect.stringContaining("no-such-flag"),
    });
  });
});
