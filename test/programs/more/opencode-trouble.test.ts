import { expect, it } from "vitest";
import { opencode } from "../../../src/agents/programs/opencode.ts";
import type { GuestTrouble } from "../../../src/agents/guest/guest.ts";
import type { ServerTurn } from "../../model-server/types.ts";
import { describeSandboxed, eventually, processesWith } from "../../sandbox/support.ts";
import { installProgram } from "../../support/npm-program.ts";
import { openProgram, textsOf, tryProgram } from "../harness.ts";
import { expectSoonEnded } from "../soon-ended.ts";
import { inTurn } from "../turns.ts";

/** It tries five more times, after as long as it is told; without being told that takes over a minute. */
const retryAfter = 0.1;
const status = (
  code: number,
  message: string,
  more: { code?: string; retryAfter?: number } = {},
): ServerTurn => ({
  fault: { type: "status", status: code, message, ...more },
});

const troubles: [string, ServerTurn, GuestTrouble][] = [
  ["a refused key", status(401, "invalid x-api-key"), "login"],
  ["an unknown model", status(404, "model: test-model"), "model"],
  ["a rate limit", status(429, "rate limited", { retryAfter }), "rate-limit"],
  ["an empty account", status(400, "Your credit balance is too low to access the API."), "quota"],
  ["a prompt that is too long", status(400, "prompt is too long: 250000 tokens > 200000 maximum"), "context"],
  ["a request that is no good", status(400, "Bad thing."), "error"],
  ["a vendor that is down", status(500, "Down", { retryAfter }), "unreachable"],
  ["a refusal", { say: "I will not.", stop: "refusal" }, "refused"],
  ["an answer that is cut", { say: "Half of", stop: "length" }, "error"],
];

describeSandboxed("opencode in trouble", async () => {
  const bin = await installProgram("opencode");

  it.for(troubles)("tells %s", async ([, turn, why]) => {
    const tried = await tryProgram({ program: opencode, bin, turn: { prompt: "Go." }, reply: inTurn(turn) });
    expect(tried.end).toMatchObject({ type: "failed", why });
  });

  it("tells a refusal that openai has a form of its own for", async () => {
    const model = { name: "test-model", api: "openai" } as const;
    const reply = inTurn({ say: "I will not.", stop: "refusal" });
    const tried = await tryProgram({ program: opencode, bin, model, turn: { prompt: "Go." }, reply });
    expect(tried.end).toMatchObject({ type: "failed", why: "refused" });
  });

  it("goes on after a stream that breaks, and after one without an end", async () => {
    const reply = inTurn(
      { say: "Half of it", fault: { type: "cut", afterBytes: 700 } },
      { say: "Half", fault: { type: "early-end" } },
      { say: "Whole." },
    );
    const tried = await tryProgram({ program: opencode, bin, turn: { prompt: "Go." }, reply });
    expect(tried.end).toEqual({ type: "done" });
    expect(textsOf(tried.events, "retrying")).toEqual(["The model's answer broke off; it asks again."]);
    expect(textsOf(tried.events, "said").at(-1)).toBe("Whole.");
  });

  it("is done where it shortened its conversation and came to an end, although it exits with 1", async () => {
    const reply = inTurn(status(400, "prompt is too long: 250000 tokens > 200000 maximum"), { say: "Fine." });
    const tried = await tryProgram({ program: opencode, bin, turn: { prompt: "Go." }, reply });
    expect(tried.end).toEqual({ type: "done" });
  });

  it("tells of a tool that was denied, which ends it", async () => {
    const start: typeof opencode.start = (options) => {
      const begun = opencode.start(options);
      const [path = "", text = ""] =
        Object.entries(begun.files).find(([name]) => name.endsWith(".json")) ?? [];
      const asking = text.replace('"*": "allow"', '"*": "allow", "edit": "ask"');
      return {
        ...begun,
        args: begun.args.filter((arg) => arg !== "--auto"),
        files: { ...begun.files, [path]: asking },
      };
    };
    const call = { tool: "write", filePath: "x.txt", content: "x" };
    const program = { ...opencode, start };
    const tried = await tryProgram({
      program,
      bin,
      turn: { prompt: "Go." },
      reply: inTurn({ call }, { say: "?" }),
    });
    expect(tried.events).toContainEqual({ type: "denied", tool: "write" });
    expect(tried.end).toMatchObject({
      type: "failed",
      why: "error",
      message: expect.stringContaining("write"),
    });
  });

  it("ends within three seconds when it is stopped while a model hangs", () =>
    expectSoonEnded({ program: opencode, bin }));

  it("leaves a command that it ran to the sandbox when it is stopped", async () => {
    const call = { tool: "bash", command: "sleep 1234.25", description: "waits" };
    await using bench = await openProgram({ program: opencode, bin, reply: inTurn({ call }) });
    const controller = new AbortController();
    const running = bench.run({ prompt: "Go.", signal: controller.signal });
    expect(await eventually(() => processesWith("1234.25").length > 0, 60_000)).toBe(true);
    controller.abort();
    expect((await running).end).toMatchObject({ type: "failed", why: "killed" });
    await bench.sandbox.close();
    expect(await eventually(() => processesWith("1234.25").length === 0)).toBe(true);
  });

  it("tells that it was killed", async () => {
    const reply = inTurn({ call: { tool: "bash", command: "kill -9 $PPID; sleep 5", description: "kills" } });
    const tried = await tryProgram({ program: opencode, bin, turn: { prompt: "Go." }, reply });
    expect(tried.end).toMatchObject({
      type: "failed",
      why: "killed",
      message: expect.stringContaining("SIGKILL"),
    });
  });

  it("tells flags that it does not know", async () => {
    const start: typeof opencode.start = (options) => ({
      ...opencode.start(options),
      args: ["run", "--no-such-flag"],
    });
    const program = { ...opencode, start };
    const { end } = await tryProgram({ program, bin, turn: { prompt: "Go." }, reply: inTurn({ say: "?" }) });
    expect(end).toMatchObject({ type: "failed", why: "start" });
  });
});
