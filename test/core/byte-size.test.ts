import { expect, test } from "vitest";
import { byteSizePattern, formatByteSize, parseByteSize } from "../../src/core/byte-size.ts";

test.each([
  ["1k", 1024],
  ["512m", 536_870_912],
  ["8g", 8_589_934_592],
  ["2t", 2_199_023_255_552],
])("%s is %d bytes, and back", (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
  expect(formatByteSize(bytes)).toBe(text);
});

test("the shortest text is taken", () => {
  expect(formatByteSize(parseByteSize("1024m"))).toBe("1g");
  expect(formatByteSize(1025)).toBe("1k");
});

test.each(["8", "g", "0g", "8G", "8 g", "1.5g", "-1g", ""])("%j is no size", (text) => {
  expect(text).not.toMatch(byteSizePattern);
  expect(() => parseByteSize(text)).toThrow("not a size");
});
