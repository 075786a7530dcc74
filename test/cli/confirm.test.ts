import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { ask, confirm } from "../../src/cli/confirm.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

/** A terminal whose person types these words and then goes away. */
function typing(words: string): Terminal {
  const stdin = new PassThrough();
  stdin.end(words);
  return { stdin, stderr: new PassThrough() } as unknown as Terminal;
}

const question = { text: "Which?", options: ["red", "blue"], default: "red" };

test("a question whose prompt was closed is not answered for the person", async () => {
  await expect(ask(typing(""), question)).rejects.toMatchObject({ code: "INTERRUPTED", exitCode: 130 });
});

test("a number picks an option, and Enter takes the default", async () => {
  expect(await ask(typing("2\n"), question)).toBe("blue");
  expect(await ask(typing("\n"), question)).toBe("red");
});

test("a closed prompt is no go-ahead", async () => {
  expect(await confirm(typing(""), "Start?")).toBe(false);
  expect(await confirm(typing("\n"), "Start?")).toBe(true);
});
