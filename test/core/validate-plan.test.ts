import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closest } from "../../src/core/closest.ts";
import { formatProblem } from "../../src/core/error.ts";
import { findCycles } from "../../src/core/plan-cycles.ts";
import type { Task } from "../../src/core/plan.ts";
import { validatePlan } from "../../src/core/validate-plan.ts";

function task(id: string, more: Partial<Task> = {}): Task {
  const blank = { needs: [], touches: [], acceptance: [], body: "", done: false, line: 0 };
  return { id, title: `Do ${id}`, role: "implement", ...blank, ...more };
}

function problems(...tasks: Task[]): string[] {
  const plan = { title: "P", prd: "", tasks, source: { file: "plan.md", format: "plan" as const } };
  return validatePlan(plan).map(formatProblem);
}

describe("a plan is refused, with the line and the next step, when", () => {
  it("a need names no task, and says which was meant", () => {
    expect(problems(task("session", { line: 9 }), task("login", { line: 14, needs: ["sesion"] }))).toEqual([
      'plan.md:14: "login" needs "sesion", which no task has\n  Did you mean "session"?',
    ]);
    expect(problems(task("a", { needs: ["zzz"] }))).toEqual([
      'plan.md: "a" needs "zzz", which no task has\n  Remove the need, or add the task; there are a.',
    ]);
  });

  it("two tasks have one id", () => {
    expect(problems(task("a", { line: 3 }), task("a", { line: 5 }))).toEqual([
      'plan.md:5: the id "a" is already taken by "Do a" (line 3)\n  Give one of the two another id.',
    ]);
  });

  it("a task needs itself", () => {
    expect(problems(task("a", { line: 2, needs: ["a"] }))).toEqual([
      'plan.md:2: "a" needs itself\n  Remove that need.',
    ]);
  });

  it("needs go in a circle, named once with its whole path", () => {
    const circle = [
      task("a", { line: 2, needs: ["c"] }),
      task("b", { line: 3, needs: ["a"] }),
      task("c", { line: 4, needs: ["b"] }),
    ];
    expect(problems(...circle)).toEqual([
      'plan.md:2: "a" needs itself in a circle: a → c → b → a\n  Remove one of these needs.',
    ]);
  });

  it("there are several circles, each of them", () => {
    const found = problems(
      task("a", { line: 1, needs: ["b"] }),
      task("b", { line: 2, needs: ["a", "c"] }),
      task("c", { line: 3, needs: ["b"] }),
      task("x", { line: 4, needs: ["y"] }),
      task("y", { line: 5, needs: ["x"] }),
    );
    expect(found.map((problem) => /circle: (.*)/.exec(problem)?.[1])).toEqual([
      "a → b → a",
      "b → c → b",
      "x → y → x",
    ]);
  });

  it("a title is empty", () => {
    expect(problems(task("a", { title: " " }))[0]).toContain('the task "a" has no title');
  });

  it.each(["Login", "-a", "a_b", "", "ü", "a.lock"])("an id is %j", (id) => {
    expect(problems(task(id))[0]).toContain(`"${id}" is not an id`);
  });

  it("an id is longer than a file name may be", () => {
    expect(problems(task("a".repeat(101)))[0]).toContain("has 101 characters");
  });

  it("an id is reserved", () => {
    expect(problems(task("integration"))[0]).toContain('the id "integration" is reserved');
  });

  it("a role is unknown", () => {
    const odd = { ...task("a"), role: "reserch" as Task["role"] };
    expect(problems(odd)).toEqual([
      'plan.md: "a" has the unknown role "reserch"\n  Did you mean "research"?',
    ]);
  });

  it("a done task needs one that is not", () => {
    expect(problems(task("a"), task("b", { done: true, needs: ["a"] }))[0]).toContain(
      '"b" is done, but needs "a", which is not',
    );
  });

  it("a task that only reads touches files", () => {
    expect(problems(task("a", { role: "research", touches: ["src/a.ts"] }))[0]).toContain(
      '"a" is a research task, which changes no files, but touches src/a.ts',
    );
  });

  it("an agent is no name", () => {
    expect(problems(task("a", { agent: "the codex" }))[0]).toContain('agent "the codex", which is no name');
    expect(problems(task("a", { agent: "gpt-5.5" }))).toEqual([]);
  });

  it("a model names no provider", () => {
    expect(problems(task("a", { model: "opus" }))[0]).toContain('the model "opus", which names no provider');
    expect(problems(task("a", { model: "openrouter/z-ai/glm-5" }))).toEqual([]);
  });

  it("it has no tasks", () => expect(problems()[0]).toContain("the plan has no tasks"));

  it("several things are wrong, all at once and in the order of the lines", () => {
    const found = problems(
      task("a", { line: 10, needs: ["q"], title: "" }),
      task("b", { line: 2, model: "x" }),
    );
    expect(found.map((problem) => problem.split(":")[1])).toEqual(["2", "10", "10"]);
  });
});

describe("circles of needs", () => {
  const graphs = fc.integer({ min: 1, max: 8 }).chain((size) => {
    const ids = Array.from({ length: size }, (_, index) => `t${index}`);
    const needs = fc.array(fc.constantFrom(...ids), { maxLength: 4 });
    return fc.tuple(
      ...ids.map((id) => needs.map((list) => task(id, { needs: list.filter((need) => need !== id) }))),
    );
  });

  it("are found exactly when no order of the tasks exists, and every step of them is a need", () => {
    fc.assert(
      fc.property(graphs, (tasks) => {
        const cycles = findCycles(tasks);
        expect(cycles.length > 0).toBe(!hasOrder(tasks));
        expect(new Set(cycles.map((cycle) => cycle.join())).size).toBe(cycles.length);
        for (const cycle of cycles) {
          for (const [index, id] of cycle.entries()) {
            const next = cycle[(index + 1) % cycle.length];
            expect(tasks.find((each) => each.id === id)?.needs).toContain(next);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it("are found in a chain of 10,000 tasks without a deep stack", () => {
    const chain = Array.from({ length: 10_000 }, (_, index) =>
      task(`t${index}`, { needs: [`t${(index + 1) % 10_000}`] }),
    );
    expect(problems(...chain)[0]).toMatch(/circle: t0 → t1 → .* more … → .* → t0\n/);
  });
});

describe("the closest word", () => {
  it("forgives a third of its letters, and a swap as one", () => {
    expect(closest("need", ["accept", "needs"])).toBe("needs");
    expect(closest("ac", ["ca"])).toBe("ca");
    expect(closest("Sesion", ["session"])).toBe("session");
    expect(closest("zz", ["needs", "role"])).toBeNull();
  });
});

/** Takes away tasks whose needs are all gone, until none is left or none can go. */
function hasOrder(tasks: readonly Task[]): boolean {
  const left = new Map(tasks.map((each) => [each.id, each.needs]));
  for (;;) {
    const free = [...left].filter(([, needs]) => needs.every((need) => !left.has(need)));
    if (free.length === 0) return left.size === 0;
    for (const [id] of free) left.delete(id);
  }
}
