import { describe, expect, test } from "vitest";
import { renderRunReport } from "../../src/report/run-report.ts";
import type { EventBody } from "../../src/core/event.ts";
import { aTask, asEvents, attempt, called, eventfulRun, someSettings, started, stateAfter } from "./a-run.ts";

function reportOf(bodies: EventBody[]): string {
  const events = asEvents(bodies);
  return renderRunReport({ events, state: stateAfter(events) });
}

describe("the run report", () => {
  const report = reportOf(eventfulRun());

  test("says what merged, as which commit, after how many attempts", () => {
    expect(report).toContain("| `session` | The session of it | `eeeeeeee` | 3 | Sessions last a day. |");
  });

  test("says what each gate and review said, and by which model", () => {
    expect(report).toContain(
      "gate: test failed (exit 1): `src/login.test.ts:14 expected 200 to be 401` (all of it: `logs/login-1-test.log`)",
    );
    expect(report).toContain("review by `openai/gpt-5` (another model than the worker): sent back. Not yet.");
    expect(report).toContain(
      "**blocking** (92 % sure) `src/login.ts:14` the token is never checked: Everybody gets in.",
    );
    expect(report).toContain("gate on the merged tree: types passed in 3.2s");
  });

  test("says when the reviewer was the worker's own model", () => {
    const own = eventfulRun().map((body) =>
      body.type === "review.finished" ? { ...body, sameModel: true } : body,
    );
    expect(reportOf(own)).toContain("(the **same model** as the worker): approved");
  });

  test("claims no independence of a reviewer where the model of either is not known", () => {
    const reviewed = (by: object): string =>
      reportOf(eventfulRun().map((body) => (body.type === "review.finished" ? { ...body, ...by } : body)));
    const agents = { worker: "both", reviewer: "both" };
    expect(reviewed({ model: "both/unknown", sameModel: null, agents })).toContain(
      "review by `both` (the **same program** as the worker; which models they took is not known): approved",
    );
    const unsure = "(it is not known whether it is another model than the worker): approved";
    expect(reviewed({ sameModel: null, agents: { worker: "both", reviewer: "api" } })).toContain(
      `review by \`openai/gpt-5\` ${unsure}`,
    );
    // As journals have it from before it was said.
    expect(reviewed({ model: "both/unknown", sameModel: false })).toContain(`review by \`both\` ${unsure}`);
  });

  test("says what was asked and who answered", () => {
    expect(report).toContain(
      "- **1**, about `login`: Strict or Lax cookies? (Strict · Lax)\n  - Strict (the person)",
    );
  });

  test("tells cache reads and writes apart, and says which calls had no price", () => {
    expect(report).toContain("| `session` | 2 | 4.6k | 82.0k | 2.4k | 1.9k | $0.31 + 1 call unpriced |");
    expect(report).toContain("| `anthropic/claude-opus-5-5` | 2 | 4.6k |");
  });

  test("says whose usage it is where a program tells what it used and not with which model", () => {
    const bodies = eventfulRun().map((body) =>
      body.type === "model.called" ? { ...body, model: "both/unknown" } : body,
    );
    const spend = reportOf(bodies);
    expect(spend).toMatch(/^\| `both`, model not named \| \d/m);
    expect(spend).not.toContain("/unknown");
  });

  test("says what is left, why, and how to go on", () => {
    expect(report).toContain("| `docs` | The docs of it | skipped | 0 | needs login |");
    expect(report).toContain("- `agentx retry admin`: try admin again");
    expect(report).toContain("- `git merge agentx/7f3k/integration`: take the work onto your branch");
    expect(report).toContain("Delivery: your branch was left alone: main has moved on.");
  });

  test("says that it was scripted when it was", () => {
    const models = {
      plan: [],
      research: [],
      implement: ["scripted/demo"],
      review: ["scripted/demo"],
      resolve: [],
    };
    const scripted = reportOf([
      started([aTask("login")], someSettings({ models })),
      attempt("login"),
      called("login", null),
    ]);
    expect(scripted).toContain("> **Scripted:** every model in this run was played from a script.");
    expect(scripted).toContain("| `login` | 1 | 2.3k | 41.0k | 1.2k | 940 | scripted |");
    expect(report).not.toContain("cripted");
  });

  test("leaves out what there is nothing to say of", () => {
    const young = reportOf([started([aTask("login")])]);
    expect(young).not.toContain("## Questions");
    expect(young).toContain("| `login` | The login of it | pending | 0 |");
    expect(young).toContain("- `agentx resume 7f3k`: go on with the run");
  });

  test("keeps a model's markdown from being markdown", () => {
    const note = "![x](http://evil.example/p.png) <script>alert(1)</script> | cell\n# Approved";
    const tricky = reportOf([
      started([aTask("survey", { role: "research" })]),
      attempt("survey"),
      { type: "worker.finished", task: "survey", commit: null, files: [], note },
      { type: "task.done", task: "survey", note },
    ]);
    expect(tricky).toContain(
      "\\!\\[x\\](http://evil.example/p.png) &lt;script&gt;alert(1)&lt;/script&gt; \\| cell \\# Approved",
    );
  });
});
