import { describe, expect, test } from "vitest";
import { LineTooLong, splitLines } from "../../../src/sandbox/inside/json-lines.ts";

describe("line splitting", () => {
  test("finds the same lines wherever the stream is cut", () => {
    const bytes = Buffer.from('{"a":1}\n\n"é😀"\nlast\n');
    for (let step = 1; step <= bytes.length; step += 1) {
      const lines: string[] = [];
      const split = splitLines(1_000, (line) => lines.push(line));
      for (let at = 0; at < bytes.length; at += step) split(bytes.subarray(at, at + step));
      expect(lines).toEqual(['{"a":1}', "", '"é😀"', "last"]);
    }
  });

  test("refuses an unfinished line past the limit", () => {
    const split = splitLines(10, () => {});
    expect(() => split(Buffer.from("01234567890"))).toThrow(LineTooLong);
  });
});
