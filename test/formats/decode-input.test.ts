import { describe, expect, it } from "vitest";
import { AgentxError } from "../../src/core/error.ts";
import { decodeInput } from "../../src/formats/decode-input.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function refusal(input: Uint8Array): string {
  try {
    decodeInput(input, "prd.md");
  } catch (error) {
    if (error instanceof AgentxError) return `${error.code} ${error.message}`;
  }
  return "";
}

describe("a PRD's bytes", () => {
  it("become text with plain line ends and without a byte order mark", () => {
    expect(decodeInput(bytes("\uFEFFa\r\nb\rc\n�"), "prd.md")).toBe("a\nb\nc\n�");
  });

  it.each([
    ["binary", bytes("a\0b"), "PRD_BINARY prd.md:1: the file is not text: byte 1 is NUL"],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 0x61, 0]), "PRD_BINARY prd.md: the file is UTF-16"],
    ["empty", bytes(""), "PRD_EMPTY prd.md: the file is empty"],
    ["blank", bytes("\uFEFF \r\n"), "PRD_EMPTY prd.md: the file is empty"],
    ["too large", new Uint8Array(1_600_000).fill(97), "PRD_TOO_LARGE prd.md: the file is 1.5 MiB large"],
    ["Latin-1", new Uint8Array([0x63, 0x61, 0x66, 0xe9, 0x20]), "PRD_NOT_UTF8 prd.md:1: byte 3 is not UTF-8"],
    ["Latin-1 below", new Uint8Array([97, 13, 10, 97, 13, 97, 10, 0xe9]), "prd.md:4: byte 7 is not UTF-8"],
    [
      "UTF-16 without a NUL",
      new Uint8Array([0xfe, 0xff, 0x6f, 0x22]),
      "PRD_BINARY prd.md: the file is UTF-16",
    ],
    ["cut off", bytes("é").slice(0, 1), "PRD_NOT_UTF8 prd.md:1: byte 0 is not UTF-8"],
  ])("are refused when they are %s", (_name, input, expected) => {
    expect(refusal(input)).toContain(expected);
  });

  it("may be exactly 1 MiB", () => expect(refusal(new Uint8Array(1_048_576).fill(97))).toBe(""));
});
