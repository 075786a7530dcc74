import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ExecLog } from "../../src/sandbox/exec-log.ts";
import { makeFolder } from "../git/make-repository.ts";

const piece = 1024;
const logLimits = { headBytes: 64 * piece, tailBytes: piece };

test("a log without end keeps its beginning and its end, and says how much is left out between", async () => {
  const path = join(makeFolder(), "log");
  const log = new ExecLog(path, null, logLimits);
  await log.write("the beginning\n");
  for (let count = 0; count < 80; count += 1) await log.write("ä".repeat(piece / 2));
  await log.write("2 tests failed\n");
  await log.close();

  const text = readFileSync(path, "utf8");
  expect(text.startsWith("the beginning\n")).toBe(true);
  expect(text.endsWith("ä2 tests failed\n")).toBe(true);
  expect(text).not.toContain("\uFFFD");
  const [, left = ""] = /\n\[… (\d+) bytes are left out of this log …\]\n/.exec(text) ?? [];
  const bytes = Buffer.byteLength(text);
  expect(bytes).toBeLessThan(logLimits.headBytes + logLimits.tailBytes + piece + 200);
  const note = Buffer.byteLength(`\n[… ${left} bytes are left out of this log …]\n`);
  expect(bytes - note + Number(left)).toBe(14 + 80 * piece + 15);
});

test("what is a little more than the beginning is all there", async () => {
  const path = join(makeFolder(), "log");
  const log = new ExecLog(path, null, logLimits);
  for (let bytes = 0; bytes < logLimits.headBytes; bytes += piece) await log.write("x".repeat(piece));
  await log.write("the end");
  await log.close();
  const text = readFileSync(path, "utf8");
  expect(text.length).toBe(logLimits.headBytes + 7);
  expect(text.slice(-8)).toBe("xthe end");
});
