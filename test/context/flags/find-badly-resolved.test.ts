import { expect, test } from "vitest";
import { findBadlyResolved } from "../../../src/context/flags/find-badly-resolved.ts";

const sides = {
  path: "a.txt",
  before: "the word is one\n",
  task: "the word is left\n",
  landed: "the word is right\n",
};
const whys = (resolved: string | null, others: Partial<typeof sides> = {}): string[] =>
  findBadlyResolved([{ ...sides, ...others, resolved }]).map(({ why }) => why);

test("whoever keeps one side only is found, whichever it is", () => {
  expect(whys("the word is left\n")).toEqual(["has nothing left of what had landed there"]);
  expect(whys("the word is right\n")).toEqual(["has nothing left of what this task had changed"]);
  expect(whys("I have resolved it for you.\n")).toHaveLength(2);
  expect(whys(null)).toHaveLength(2);
});

test("both sides in whatever words of their own are no finding", () => {
  expect(whys("the words are left and right\n")).toEqual([]);
  expect(whys("the word is right\nthe word is left\n")).toEqual([]);
});

test("what a side only took away, or both brought, is missed by nobody", () => {
  expect(whys("the word is\n", { landed: "the word is\n", task: "the word is\n" })).toEqual([]);
  expect(whys("the word is same\n", { landed: "the word is same\n", task: "the word is same\n" })).toEqual(
    [],
  );
  expect(whys("the word is left\n", { landed: "the word is\n" })).toEqual([]);
});

test("markers that nobody had before are found, and that alone", () => {
  const marked = "<<<<<<< ours\nthe word is left\n=======\nthe word is right\n>>>>>>> theirs\n";
  expect(whys(marked)).toEqual(["holds the markers of a conflict"]);
  expect(whys(marked, { before: marked })).toEqual([]);
});
