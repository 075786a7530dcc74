import { describe, expect, test } from "vitest";
import { mdCode, mdTable, mdText } from "../../src/report/markdown.ts";

describe("text in markdown", () => {
  test.each([
    ["- not a list", "\\- not a list"],
    ["12. not a list", "12\\. not a list"],
    ["# not a heading", "\\# not a heading"],
    ["*not* _bold_", "\\*not\\* \\_bold\\_"],
    ["a & b", "a &amp; b"],
  ])("%s is said and does nothing", (text, markdown) => {
    expect(mdText(text)).toBe(markdown);
  });

  test("code cannot end its own span", () => {
    expect(mdCode("a `b` c")).toBe("``a `b` c``");
    expect(mdCode("`")).toBe("`` ` ``");
    expect(mdCode("")).toBe("");
  });

  test("a pipe cannot end its cell, in text or in code", () => {
    expect(mdTable(["a"], [[mdText("x | y")], [mdCode("x | y")]])).toBe(
      "| a |\n| --- |\n| x \\| y |\n| `x \\| y` |",
    );
  });
});
