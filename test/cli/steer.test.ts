import { expect, test } from "vitest";
import { makeRepository } from "../git/make-repository.ts";
import { task } from "../support/core-run.ts";
import { attempt, journalRun } from "./a-journal.ts";
import { agentx } from "./a-terminal.ts";

test("of a task that has ended a retry is advised only where it can be retried", async () => {
  const { root } = await makeRepository();
  journalRun(root, {
    tasks: [task("vat"), task("tax")],
    events: [
      attempt("vat"),
      { type: "task.merged", task: "vat", commit: "c" },
      attempt("tax"),
      { type: "task.canceled", task: "tax" },
    ],
  });
  for (const command of [
    ["note", "vat", "more"],
    ["cancel", "vat"],
  ]) {
    const { code, stderr } = await agentx(root, command);
    expect(code).toBe(2);
    expect(stderr).toContain("the task has ended: merged");
    expect(stderr).not.toContain("retry");
  }
  expect((await agentx(root, ["cancel", "tax"])).stderr).toContain("agentx retry tax starts it again");
});
