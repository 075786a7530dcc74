import { expect, it } from "vitest";
import { describeSandboxed } from "../sandbox/support.ts";
import { compare, measurePairs } from "./pairs.ts";
import { pickSections, runSections } from "./run-sections.ts";
import { renderRows, timeRow, verdictOf, type Row, type Section } from "./section.ts";
import { sandbox } from "./sections/sandbox.ts";

const row: Row = { name: "n", what: "w", ours: "2 ms", baseline: "1 ms", ratio: 2, bound: 2, spread: 1.6 };
const section = (name: string, ...rows: Row[]): Section => ({
  name,
  title: `About ${name}`,
  measure: async () => rows,
});

it("takes the median of the pairs' own ratios, and how far the baseline lies apart", () => {
  // One busy pair: the ratio of the medians would be 1.5.
  expect(compare({ baseline: [10, 20, 10], ours: [20, 15, 15] })).toEqual({
    baselineMs: 10,
    oursMs: 15,
    ratio: 1.5,
    spread: 1,
  });
  expect(compare({ baseline: [10, 30, 40], ours: [10, 30, 40] })).toMatchObject({ ratio: 1, spread: 3 });
});

it("measures both sides in turns, each first as often as the other, and not the first pair", async () => {
  const order: string[] = [];
  const found = await measurePairs(
    { baseline: async () => void order.push("b"), ours: async () => void order.push("o") },
    { pairs: 2 },
  );
  expect(order.join("")).toBe("obboob");
  expect([found.baseline.length, found.ours.length]).toEqual([2, 2]);
});

it("has no verdict where the baseline alone spreads too far, or nothing was measured", () => {
  expect(verdictOf(row)).toBe("within");
  expect(verdictOf({ ...row, ratio: 2.01 })).toBe("over");
  expect(verdictOf({ ...row, spread: 1.61 })).toBe("not measured");
  expect(verdictOf({ ...row, ratio: Number.NaN })).toBe("not measured");
  expect(verdictOf(timeRow({ name: "", what: "", bound: 1 }, { baseline: [], ours: [] }))).toBe(
    "not measured",
  );
});

it("says in the table what it could not measure", () => {
  const lines = renderRows([row, { ...row, spread: 2.5 }]).split("\n");
  expect(lines[2]).toBe("| n | w | 2 ms | 1 ms | 2.00 × | 2.00 | 1.60 | within |");
  expect(lines[3]).toContain("| not measured: the baseline alone spreads by more than 1.6 |");
});

it("ends badly as soon as one row is not within its bound", async () => {
  const printed: string[] = [];
  const options = { quick: true, print: (text: string) => void printed.push(text) };
  expect(await runSections([section("a", row), section("b", row, row)], options)).toBe(true);
  expect(printed.join("\n")).toMatch(
    /## About a\n[^]*## About b\n[^]*Load before and after: [\d.]+, [\d.]+\./,
  );
  expect(await runSections([section("a", { ...row, ratio: 3 }), section("b", row)], options)).toBe(false);
  expect(await runSections([section("a", row, { ...row, spread: 9 })], options)).toBe(false);
});

it("measures the sections that were asked for", () => {
  const all = [section("a"), section("b")];
  expect(pickSections(all, undefined)).toEqual(all);
  expect(pickSections(all, "b")).toEqual([all[1]]);
  expect(() => pickSections(all, "b,c")).toThrow('no section "c"; there are a, b');
});

describeSandboxed("a section", () => {
  it("compares a command in the sandbox with a bare one", async () => {
    const rows = await sandbox.measure({ quick: true });
    expect(rows.map(({ name }) => name)).toEqual(["once", "alone", "long-lived"]);
    // How much, only a calm machine can say.
    expect(rows.every(({ ratio, spread }) => ratio > 0 && spread >= 1)).toBe(true);
  });
});
