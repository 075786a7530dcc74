import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { readAnswers } from "../../src/cli/answer-line.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { openWorkspace } from "../../src/engine/workspace.ts";
import type { Prompt } from "../../src/report/view-input.ts";
import { makeRepository } from "../git/make-repository.ts";
import { task } from "../support/core-run.ts";
import { asked, attempt, journalRun } from "./a-journal.ts";

test("a number that no option has stays typed, with what is wrong with it until it is mended", async () => {
  const { root } = await makeRepository();
  journalRun(root, { tasks: [task("login")], events: [attempt("login"), asked(1, "login", "Which?")] });
  const stdin = new PassThrough();
  const shown: (Prompt | null)[] = [];
  const line = readAnswers({ stdin, now: () => 0 } as unknown as Terminal, {
    workspace: await openWorkspace(root, {}),
    onTyped: (prompt) => shown.push(prompt),
    interrupt: () => {},
  });
  line.setQuestion({ run: "r1", question: 1 });
  for (const key of ["9", "\r", "\u007f", "2", "\r"]) {
    stdin.write(key);
    await new Promise(setImmediate);
  }
  line.close();
  const prompt = (typed: string, refused: string | null = null): Prompt => ({ question: 1, typed, refused });
  expect(shown).toEqual([
    prompt(""),
    prompt("9"),
    prompt("9", "there is no option 9"),
    prompt(""),
    prompt("2"),
    null,
  ]);
});
