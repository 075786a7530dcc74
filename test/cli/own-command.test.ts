import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownCommand } from "../../src/cli/own-command.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "agentx-own-")));
const program = join(folder, "main.js");
const onPath = join(folder, "bin");
const npms = join(folder, "node_modules", ".bin");
const anothers = join(folder, "other");

beforeAll(() => {
  writeFileSync(program, "", { mode: 0o755 });
  for (const made of [onPath, npms, anothers]) mkdirSync(made, { recursive: true });
  for (const linked of [onPath, npms]) symlinkSync(program, join(linked, "agentx"));
  writeFileSync(join(anothers, "agentx"), "", { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the command that starts this program again", () => {
  test("is agentx where that is it on PATH, however it was started", () => {
    expect(ownCommand({ PATH: ["/nowhere", onPath].join(delimiter) }, program)).toBe("agentx");
    expect(ownCommand({ PATH: onPath }, join(npms, "agentx"))).toBe("agentx");
  });

  test("is node and the file where agentx is not on the person's PATH, or is another program", () => {
    const whole = `${realpathSync(process.execPath)} ${program}`;
    expect(ownCommand({}, program)).toBe(whole);
    expect(ownCommand({ PATH: npms }, program)).toBe(whole);
    expect(ownCommand({ PATH: [anothers, onPath].join(delimiter) }, program)).toBe(whole);
  });
});
