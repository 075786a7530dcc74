import fc from "fast-check";
import { expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { AgentxError, type Problem } from "../../src/core/error.ts";
import { damaged, fuzzRuns } from "../support/fuzz.ts";

const file = "agentx.yaml";
const whole = `agents: { implement: claude, review: careful }
programs:
  careful:
    program: codex
    model: openai/gpt-5.5
    prompt: Look at security first.
    env: { MODE: fast }
  mine: { command: "mine --file {prompt_file}" }
models:
  implement: anthropic/claude-opus-5-5
  review: [openai/gpt-5.5, google/gemini-3.8-flash]
providers:
  proxy: { api: anthropic, baseUrl: "https://llm.example.com", keyEnv: PROXY_KEY }
gates:
  typecheck: npm run types
  test: { command: npm test, timeout: 20m, network: false }
setup: npm ci
slots: 6
budget: { run: 40, task: 3 }
limits: { turns: 100, minutes: 90, stall: 5m }
ports: { base: 30000, perWorktree: 10 }
sandbox: { readOnly: [~/.cargo/registry], limits: { memory: 16g, processes: 2000 } }
secrets: { allow: ["test/fixtures/**"] }
`;

/** Null where it is a configuration; anything else that is thrown is a crash. */
function problemsIn(text: string): Problem[] | null {
  try {
    loadConfig({ text, file });
    return null;
  } catch (error) {
    if (error instanceof AgentxError && error.problems.length > 0) return [...error.problems];
    throw error;
  }
}

it("a damaged agentx.yaml is a configuration or an error with its line", () => {
  expect(problemsIn(whole)).toBeNull();
  let refused = 0;
  fc.assert(
    fc.property(damaged(whole), (text) => {
      const problems = problemsIn(text);
      if (problems !== null) refused += 1;
      for (const { where } of problems ?? []) expect(where).toMatch(/^agentx\.yaml:\d+$/);
    }),
    fuzzRuns(400),
  );
  expect(refused).toBeGreaterThan(0);
});

it.each([
  ["deep lists", "[".repeat(60_000)],
  ["deep mappings", `a: ${"{a: ".repeat(15_000)}`],
  ["deep indentation", Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  [
    "aliases that multiply",
    `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
      .split("")
      .map((key, at) => `${key}: &${key} [${`*${"abcdefgh"[at]},`.repeat(9)}]`)
      .join("\n")}`,
  ],
  ["an alias of itself", "slots: &a [*a]"],
  ["a long line", `setup: "${"a".repeat(60_000)}`],
  ["many keys", Array.from({ length: 6_000 }, (_, n) => `key${n}: 1`).join("\n")],
  ["lists in one line", `a: ${"- ".repeat(30_000)}b`],
  ["3 MB", `setup: "${"a".repeat(3_000_000)}"`],
  ["NUL", "slots: 4\0"],
])("%s are refused, and soon enough for the test's own limit", (_name, text) => {
  expect(problemsIn(text)?.length).toBeGreaterThan(0);
});
