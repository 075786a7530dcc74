import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainLine, plainText } from "../../src/core/plain-text.ts";

describe("plain text", () => {
  const cases: [what: string, text: string, left: string][] = [
    ["colours", "\u001b[1;31mred\u001b[0m", "red"],
    ["clearing the screen", "a\u001b[2Jb\u001b[Hc", "abc"],
    ["the 8-bit form of the same", "a\u009b2Jb", "ab"],
    ["writing the clipboard", "a\u001b]52;c;ZXZpbA==\u0007b", "ab"],
    ["a window title ended by ST", "a\u001b]0;mine\u001b\\b", "ab"],
    [
      "a hyperlink, but not its words",
      "\u001b]8;;http://evil.example\u001b\\click\u001b]8;;\u001b\\",
      "click",
    ],
    ["a device control string", "a\u001bP1$r0m\u001b\\b", "ab"],
    ["other escapes", "a\u001bcb\u001b(0c", "abc"],
    ["an introducer without an end", "a\u001b]52;c;b", "a52;c;b"],
    ["bells, backspaces and nulls", "a\u0007\u0008\u0000b\u007f", "ab"],
    ["bidi overrides", "user\u202e nimda\u202c\u2066!\u2069", "user nimda!"],
    ["invisible instructions", "a\u{e0041}\u{e0042}\u200bb\ufeff", "ab"],
    ["lines that are overwritten", "10%\r20%\r\ndone", "10%\n20%\ndone"],
    ["half a character", "a\ud800b", "a\ufffdb"],
  ];

  test.each(cases)("loses %s", (_what, text, left) => {
    expect(plainText(text)).toBe(left);
  });

  test("keeps words of every script, emoji, tabs and line ends", () => {
    const text = "grün\t日本語\n👩‍💻 नमस्ते שלום";
    expect(plainText(text)).toBe(text);
  });

  test("never leaves a control character, whatever it is given", () => {
    const nasty = fc.constantFrom(
      "\u001b",
      "\u009b",
      "\u009d",
      "]",
      "[",
      "52;",
      "2J",
      "\u0007",
      "\\",
      "\u202e",
      "x",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: "binary" }))), (parts) => {
        expect(plainText(parts.join(""))).not.toMatch(/(?![\n\t])\p{Cc}|\p{Bidi_Control}/u);
      }),
    );
  });

  test("takes time in proportion to the text, also when nothing is ever closed", () => {
    const began = performance.now();
    plainText("\u009d".repeat(200_000));
    plainText("\u001b]".repeat(200_000));
    plainText("\u001b[".repeat(200_000));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

test("a plain line has no line ends and no runs of spaces", () => {
  expect(plainLine("  one\r\n\ttwo\u2028three \u001b[K")).toBe("one two three");
});
