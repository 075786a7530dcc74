import { describe, expect, test } from "vitest";
import { CappedOutput } from "../../../src/sandbox/inside/capped-output.ts";

const half = 128 * 1024;

function capped(text: string, step = 1_000): CappedOutput {
  const output = new CappedOutput();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += step) output.add(bytes.subarray(at, at + step));
  return output;
}

describe("capped output", () => {
  test.each([0, 1, half - 1, half, half + 1, 2 * half - 1, 2 * half])("keeps %i bytes whole", (length) => {
    const text = "abcdefghij".repeat(length / 10 + 1).slice(0, length);
    const output = capped(text);
    expect(output.text()).toBe(text);
    expect(output.totalBytes).toBe(length);
  });

  test.each([1, 999, 1_000_000])("keeps the beginning and the end, in steps of %i", (step) => {
    const text = `<${"x".repeat(half * 4)}>`;
    const output = capped(text, step);
    const shown = output.text();
    expect(output.totalBytes).toBe(text.length);
    expect(shown.startsWith("<xxx") && shown.endsWith("xxx>")).toBe(true);
    expect(shown).toContain(`[… ${text.length - 2 * half} bytes left out …]`);
  });

  test("cuts no character in two", () => {
    for (const pad of ["", "a", "ab", "abc"]) {
      expect(capped(pad + "😀".repeat(half)).text()).not.toContain("\ufffd");
    }
  });

  test("replaces invalid UTF-8", () => {
    const output = new CappedOutput();
    output.add(Buffer.from([0x61, 0xff, 0xfe, 0x62]));
    expect(output.text()).toBe("a\ufffd\ufffdb");
  });
});
