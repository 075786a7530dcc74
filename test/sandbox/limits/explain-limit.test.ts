import { describe, expect, test } from "vitest";
import { noSandboxLimits } from "../../../src/core/run-settings.ts";
import { explainLimit } from "../../../src/sandbox/limits/explain-limit.ts";
import type { ExecResult } from "../../../src/sandbox/sandbox.ts";

const limits = { ...noSandboxLimits, memory: 2 ** 30, processes: 20, file: 2 ** 20, openFiles: 64 };
const nothing = { memory: 0, processes: 0 };
const failed = (output: string, exitCode = 1): ExecResult => ({
  type: "exited",
  exitCode,
  output,
  totalBytes: output.length,
  ms: 1,
});

describe("the reason of a failure", () => {
  test("is certain where the kernel counted, or ended it for the size of a file", () => {
    const certain = (name: string, size: string): string =>
      `agentx: it ran into a limit of its sandbox: sandbox.limits.${name} is ${size}`;
    expect(explainLimit(failed(""), { limits, refused: { memory: 1, processes: 0 } })).toBe(
      certain("memory", "1g"),
    );
    expect(explainLimit(failed(""), { limits, refused: { memory: 0, processes: 3 } })).toBe(
      certain("processes", "20"),
    );
    expect(explainLimit(failed("", 153), { limits, refused: nothing })).toBe(certain("file", "1m"));
    const killed: ExecResult = {
      type: "killed",
      reason: "ended by SIGXFSZ",
      output: "",
      totalBytes: 0,
      ms: 1,
    };
    expect(explainLimit(killed, { limits, refused: nothing })).toBe(certain("file", "1m"));
  });

  test.each([
    ["sh: 1: Cannot fork", "processes"],
    ["bash: fork: retry: Resource temporarily unavailable", "processes"],
    ["Error: spawn git EAGAIN", "processes"],
    ["EMFILE: too many open files, open 'x'", "openFiles"],
    ["dd: error writing 'x': File too large", "file"],
    ["terminate called after throwing an instance of 'std::bad_alloc'", "memory"],
    ["FATAL ERROR: JavaScript heap out of memory", "memory"],
    ["cp: error writing '/tmp/x': No space left on device", "memory"],
  ])("is guessed from %j", (output, name) => {
    expect(explainLimit(failed(`${output}\n`), { limits, refused: nothing })).toContain(
      `agentx: it looks as if it ran into a limit of its sandbox: sandbox.limits.${name} is `,
    );
  });

  test("is not looked for in a success, in early output, or for a limit that is not set", () => {
    const output = "sh: 1: Cannot fork\n";
    expect(explainLimit(failed(output, 0), { limits, refused: nothing })).toBeNull();
    expect(explainLimit(failed(output + "ok\n".repeat(2000)), { limits, refused: nothing })).toBeNull();
    expect(
      explainLimit(failed(output), { limits: { ...limits, processes: null }, refused: nothing }),
    ).toBeNull();
    expect(explainLimit(failed("1 test failed\n"), { limits, refused: nothing })).toBeNull();
  });
});
