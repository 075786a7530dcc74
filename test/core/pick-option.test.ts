import { expect, test } from "vitest";
import { optionWords, pickOption } from "../../src/core/pick-option.ts";

const colours = { kind: "worker", options: ["blue", "green"] } as const;
const question = { ...colours, options: [...colours.options] };

test("a lone number picks the option that it is shown with", () => {
  expect(optionWords(question)).toEqual(["1 blue", "2 green"]);
  expect(pickOption(question, " 2 ")).toEqual({ type: "answer", text: "green" });
});

test("a number that no option has is refused, words are taken as they are", () => {
  for (const text of ["0", "3", "17"]) expect(pickOption(question, text)).toEqual({ type: "refused" });
  expect(pickOption(question, " 2 of them ")).toEqual({ type: "answer", text: "2 of them" });
});

test("without options, and where an amount is asked for, a number is a number", () => {
  expect(pickOption({ kind: "worker", options: [] }, "2")).toEqual({ type: "answer", text: "2" });
  const budget = { kind: "budget" as const, options: ["stop"] };
  expect(pickOption(budget, "1")).toEqual({ type: "answer", text: "1" });
  expect(optionWords(budget)).toEqual(["stop"]);
});
