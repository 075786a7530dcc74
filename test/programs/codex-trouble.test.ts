import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { codex } from "../../src/agents/programs/codex.ts";
import type { GuestTrouble } from "../../src/agents/guest/guest.ts";
import type { ServerTurn } from "../model-server/types.ts";
import { describeSandboxed, eventually, processesWith } from "../sandbox/support.ts";
import { installProgram } from "../support/npm-program.ts";
import { openProgram, textsOf, tryProgram } from "./harness.ts";
import { expectSoonEnded } from "./soon-ended.ts";
import { inTurn, programsInside } from "./turns.ts";

const model = { name: "gpt-5.5", api: "openai" } as const;
const status = (code: number, message: string, name?: string): ServerTurn => ({
  fault: { type: "status", status: code, message, ...(name === undefined ? {} : { code: name }) },
});

const troubles: [string, ServerTurn, GuestTrouble][] = [
  ["a refused key", status(401, "Incorrect API key provided"), "login"],
  ["an unknown model", status(404, "The model `gpt-5.5` does not exist", "model_not_found"), "model"],
  ["a rate limit", status(429, "Rate limit reached", "rate_limit_exceeded"), "rate-limit"],
  ["an empty account", status(429, "You exceeded your current quota", "insufficient_quota"), "quota"],
  ["a prompt that is too long", status(400, "Too long.", "context_length_exceeded"), "context"],
  ["a request that is no good", status(400, "Bad thing."), "error"],
  ["a vendor that is down", status(500, "The server had an error"), "unreachable"],
  ["a stream that breaks", { say: "Half of it", fault: { type: "cut", afterBytes: 900 } }, "unreachable"],
  ["a stream without an end", { say: "Half of it", fault: { type: "early-end" } }, "unreachable"],
  [
    "an error in the stream",
    { say: "Half", fault: { type: "stream-error", message: "boom" } },
    "unreachable",
  ],
  ["a connection that is reset", { fault: { type: "reset" } }, "unreachable"],
  ["a refusal", { say: "I will not.", stop: "refusal" }, "refused"],
  ["an answer that is cut", { say: "Half of", stop: "length" }, "error"],
];

describeSandboxed("codex in trouble", async () => {
  const bin = await installProgram("codex");

  it.for(troubles)("tells %s", async ([, turn, why]) => {
    const tried = await tryProgram({
      program: codex,
      bin,
      model,
      turn: { prompt: "Go." },
      reply: inTurn(turn),
    });
    expect(tried.end).toMatchObject({ type: "failed", why });
    expect(tried.ms).toBeLessThan(20_000);
  });

  it("says that it tries again, which is no end", async () => {
    const reply = inTurn({ say: "Half", fault: { type: "early-end" } }, { say: "Whole." });
    const tried = await tryProgram({ program: codex, bin, model, turn: { prompt: "Go." }, reply });
    expect(tried.end).toEqual({ type: "done" });
    expect(textsOf(tried.events, "retrying")).toEqual([expect.stringMatching(/^Reconnecting/)]);
    expect(textsOf(tried.events, "said").at(-1)).toBe("Whole.");
  });

  it("goes on after a patch that does not fit and a command that fails", async () => {
    const input = "*** Begin Patch\n*** Update File: none.txt\n@@\n-a\n+b\n*** End Patch\n";
    const reply = inTurn(
      { call: { tool: "apply_patch", input } },
      { call: { tool: "exec_command", cmd: "exit 3" } },
      { say: "Neither worked." },
    );
    const tried = await tryProgram({ program: codex, bin, model, turn: { prompt: "Go." }, reply });
    expect(tried.end).toEqual({ type: "done" });
    expect(textsOf(tried.events, "activity")).toEqual(["exec exit 3"]);
    expect(tried.worktree).toEqual([]);
  });

  it("ends within three seconds when it is stopped while a model hangs", () =>
    expectSoonEnded({ program: codex, bin, model }));

  it("leaves a command that it ran to the sandbox when it is stopped", async () => {
    const reply = inTurn({ call: { tool: "exec_command", cmd: "sleep 1234.75" } });
    await using bench = await openProgram({ program: codex, bin, model, reply });
    const controller = new AbortController();
    let isWorking = false;
    const onEvent = ({ type }: { type: string }): void => void (isWorking ||= type === "activity");
    const running = bench.run({ prompt: "Go.", signal: controller.signal, onEvent });
    while (!isWorking) await sleep(20);
    await sleep(500);
    expect(await programsInside(bench.sandbox)).toContain("sleep 1234.75");
    controller.abort();
    expect((await running).end).toMatchObject({ type: "failed", why: "killed" });
    await bench.sandbox.close();
    expect(await eventually(() => processesWith("1234.75").length === 0)).toBe(true);
  });

  it("tells that it was killed", async () => {
    const reply = inTurn(
      { call: { tool: "exec_command", cmd: "kill -9 $PPID; sleep 5" } },
      { say: "Alive." },
    );
    const tried = await tryProgram({ program: codex, bin, model, turn: { prompt: "Go." }, reply });
    expect(tried.end).toMatchObject({
      type: "failed",
      why: "killed",
      message: expect.stringContaining("SIGKILL"),
    });
  });

  it("tells flags and a configuration that it does not take", async () => {
    const flags: typeof codex.start = (options) => ({
      ...codex.start(options),
      args: ["exec", "--no-such-flag"],
    });
    const config: typeof codex.start = (options) => ({
      ...codex.start(options),
      files: { ".codex/config.toml": "sandbox_mode = 7\n" },
    });
    for (const start of [flags, config]) {
      const program = { ...codex, start };
      const { end } = await tryProgram({
        program,
        bin,
        model,
        turn: { prompt: "Go." },
        reply: inTurn({ say: "?" }),
      });
      expect(end).toMatchObject({ type: "failed", why: "start" });
    }
  });
});
