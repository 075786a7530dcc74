import fc from "fast-check";
import { expect, it } from "vitest";
import { lastJson } from "../../../src/agents/guest/last-json.ts";
import { checkPlan } from "../../../src/context/plan-schema.ts";
import { checkVerdict } from "../../../src/context/verdict-schema.ts";
import { damaged, fuzzRuns } from "../../support/fuzz.ts";

const diff = "diff --git a/a.ts b/a.ts\n--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-one\n+two\n";
const answers: [string, string, (value: unknown) => string | null][] = [
  [
    "a verdict",
    `I looked. {not json}\n\n\`\`\`json\n${JSON.stringify(
      {
        verdict: "reject",
        summary: "It is wrong.",
        findings: [
          {
            severity: "blocking",
            confidence: 90,
            file: "a.ts",
            line: 1,
            quote: "two",
            title: "Wrong",
            why: "It is.",
          },
        ],
      },
      null,
      1,
    )}\n\`\`\`\n`,
    (value) => checkVerdict(value, { diff, texts: new Map([["a.ts", "two\n"]]) }),
  ],
  [
    "a plan",
    JSON.stringify({
      title: "T",
      tasks: [
        { id: "a", title: "A", role: "implement", needs: [], touches: ["a.ts"], acceptance: ["x"], body: "" },
        { id: "b", title: "B", role: "research", needs: ["a"], touches: [], acceptance: [], body: "b" },
      ],
    }),
    checkPlan,
  ],
];

it.each(answers)("%s in a damaged answer is taken or refused in words", (_name, answer, check) => {
  expect(check(lastJson(answer))).toBeNull();
  fc.assert(
    fc.property(damaged(answer), (text) => {
      const value = lastJson(text);
      if (value === null) return;
      const complaint = check(value);
      expect(complaint === null || complaint.trim() !== "").toBe(true);
    }),
    fuzzRuns(400),
  );
});

it.each([
  ["closing braces", "}".repeat(300_000)],
  ["opening braces", "{".repeat(300_000)],
  ["pairs", "{}x".repeat(100_000).slice(0, -3) + "{x}"],
  ["fences that never close", "```a\n".repeat(60_000)],
  ["a long fence", `${"`".repeat(300_000)}\nx`],
  ["objects in each other without an end", `${'{"a":'.repeat(60_000)}}`],
  ["long strings", `${`{"a":"${"b".repeat(2_000)}",`.repeat(500)}}`],
])("an answer of nothing but %s takes a moment", (_name, text) => {
  const began = performance.now();
  lastJson(text);
  expect(performance.now() - began).toBeLessThan(10_000);
});
