import { expect, it } from "vitest";
import { splitLines } from "../../../src/agents/guest/split-lines.ts";

function collect(max?: number): {
  lines: string[];
  dropped: number[];
  splitter: ReturnType<typeof splitLines>;
} {
  const lines: string[] = [];
  const dropped: number[] = [];
  const splitter = splitLines(
    (line) => lines.push(line),
    (length) => dropped.push(length),
    max,
  );
  return { lines, dropped, splitter };
}

it("puts lines together that were cut anywhere", () => {
  const text = 'one\r\n{"two":"é\u2028"}\n\nthree';
  for (let size = 1; size <= text.length; size += 1) {
    const { lines, splitter } = collect();
    for (let at = 0; at < text.length; at += size) splitter.push(text.slice(at, at + size));
    splitter.flush();
    expect(lines).toEqual(["one", '{"two":"é\u2028"}', "three"]);
  }
});

it("drops a line that is too long and goes on with the next", () => {
  const { lines, dropped, splitter } = collect(10);
  splitter.push("0123456789\n0123456789a\nshort");
  splitter.flush();
  expect(lines).toEqual(["0123456789", "short"]);
  expect(dropped).toEqual([11]);
});

it("does not keep a line of a hundred megabytes", () => {
  const { lines, dropped, splitter } = collect();
  const piece = "x".repeat(64 * 1024);
  const before = process.memoryUsage().rss;
  let most = 0;
  for (let n = 0; n < 1_600; n += 1) {
    // A string of its own each time, as from a pipe.
    splitter.push(Buffer.from(piece).toString("latin1"));
    if (n % 100 === 0) most = Math.max(most, process.memoryUsage().rss - before);
  }
  splitter.push("\nnext\n");
  expect(dropped).toEqual([1_600 * piece.length]);
  expect(lines).toEqual(["next"]);
  expect(most).toBeLessThan(80_000_000);
});
