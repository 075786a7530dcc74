import { describe, expect, it } from "vitest";
import { AgentxError } from "../../src/core/error.ts";
import { parseScript } from "../../src/models/script.ts";

function problemsOf(text: string): string[] {
  try {
    parseScript(text, "s.yaml");
  } catch (error) {
    if (!(error instanceof AgentxError)) throw error;
    expect(error.code).toBe("SCRIPT_INVALID");
    return error.problems.map(({ where, what }) => `${where} ${what}`);
  }
  throw new Error("the script was expected to be invalid");
}

describe("a script", () => {
  it("may be empty", () => {
    expect(parseScript("", "s.yaml")).toEqual({ tasks: {}, planner: [] });
  });

  it("names every problem with its line", () => {
    const text = [
      "tasks:",
      "  login:",
      "    implement:",
      "      - say: 3",
      "      - call: { path: a }",
      "    boss: []",
    ];
    const problems = problemsOf(text.join("\n"));
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/^s\.yaml:4 tasks\.login\.implement\.0\.say: /);
    expect(problems[1]).toMatch(/^s\.yaml:5 tasks\.login\.implement\.1\.call\.tool: /);
    expect(problems[2]).toMatch(/^s\.yaml:6 tasks\.login\.boss: /);
  });

  it("refuses a word that it does not know", () => {
    expect(problemsOf("planer: []")).toEqual([expect.stringMatching(/^s\.yaml:1 .*planer/)]);
  });

  it("refuses text that is not YAML", () => {
    expect(problemsOf("tasks:\n  a: [\n")[0]).toMatch(/^s\.yaml:\d /);
  });
});
