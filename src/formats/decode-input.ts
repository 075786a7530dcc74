import { AgentxError, type Problem } from "../core/error.ts";
import { placeAt } from "../core/place.ts";

/** More than a person writes or a planner can be shown. */
export const maxInputBytes = 1_048_576;

/**
 * The text of a PRD or plan file: without byte order mark, every line end a `\n`.
 *
 * @throws AgentxError `PRD_TOO_LARGE` over 1 MiB, `PRD_BINARY` with a NUL byte, `PRD_NOT_UTF8` naming the
 * first wrong byte, `PRD_EMPTY` when there is nothing but white space.
 */
export function decodeInput(bytes: Uint8Array, file: string): string {
  const fail = (code: string, problem: Problem): never => {
    throw new AgentxError(code, problem);
  };
  requireSize(bytes.length, file);
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) fail("PRD_BINARY", { where: file, what: "the file is UTF-16", hint: "Save it as UTF-8." });
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    const what = `the file is not text: byte ${nul} is NUL`;
    const hint = "Hand in Markdown, plain text or JSON.";
    fail("PRD_BINARY", { where: placeOf(bytes, nul, file), what, hint });
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const wrong = firstWrongByte(bytes, text);
  if (wrong !== null) {
    const what = `byte ${wrong} is not UTF-8`;
    fail("PRD_NOT_UTF8", { where: placeOf(bytes, wrong, file), what, hint: "Save the file as UTF-8." });
  }
  const clean = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  if (clean.trim() === "")
    fail("PRD_EMPTY", { where: file, what: "the file is empty", hint: "Write down what is to be built." });
  return clean;
}

/** @throws AgentxError PRD_TOO_LARGE, which nobody need have read the file for */
export function requireSize(bytes: number, file: string): void {
  if (bytes <= maxInputBytes) return;
  throw new AgentxError("PRD_TOO_LARGE", {
    where: file,
    what: `the file is ${(bytes / maxInputBytes).toFixed(1)} MiB large`,
    hint: "Hand in at most 1 MiB: the part that is to be built.",
  });
}

/** The line that a byte is in, by any of the three line ends. */
function placeOf(bytes: Uint8Array, at: number, file: string): string {
  const before = Buffer.from(bytes.subarray(0, at)).toString("latin1");
  return placeAt(file, (before.match(/\r\n?|\n/g)?.length ?? 0) + 1);
}

/** A wrong byte was decoded to U+FFFD, so that encoding again gives other bytes from there on. */
function firstWrongByte(bytes: Uint8Array, text: string): number | null {
  const again = new TextEncoder().encode(text);
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== again[index]) return index;
  return null;
}
