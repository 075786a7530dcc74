import { expect, test } from "vitest";
import { inSentences } from "../../src/core/sentences.ts";

test("a reason and its hint do not run together", () => {
  expect(inSentences(["the key is wrong", "", "Set another. "]).join(" ")).toBe(
    "the key is wrong. Set another.",
  );
});
