import { AgentxError } from "../core/error.ts";

/** More than a person writes or a planner can be shown. */
export const maxInputBytes = 1_048_576;

/**
 * The text of a PRD or plan file: without byte order mark, every line end a `\n`.
 *
 * @throws AgentxError `PRD_TOO_LARGE` over 1 MiB, `PRD_BINARY` with a NUL byte, `PRD_NOT_UTF8` naming the
 * first wrong byte, `PRD_EMPTY` when there is nothing but white space.
 */
export function decodeInput(bytes: Uint8Array, file: string): string {
  const fail = (code: string, what: string, hint: string): never => {
    throw new AgentxError(code, { where: file, what, hint });
  };
  if (bytes.length > maxInputBytes) {
    const size = (bytes.length / maxInputBytes).toFixed(1);
    fail(
      "PRD_TOO_LARGE",
      `the file is ${size} MiB large`,
      "Hand in at most 1 MiB: the part that is to be built.",
    );
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (utf16) fail("PRD_BINARY", "the file is UTF-16", "Save it as UTF-8.");
    fail("PRD_BINARY", `the file is not text: byte ${nul} is NUL`, "Hand in Markdown, plain text or JSON.");
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const wrong = firstWrongByte(bytes, text);
  if (wrong !== null) {
    const what = `byte ${wrong} is not UTF-8`;
    fail("PRD_NOT_UTF8", what, "Save the file as UTF-8.");
  }
  const clean = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  if (clean.trim() === "") fail("PRD_EMPTY", "the file is empty", "Write down what is to be built.");
  return clean;
}

/** A wrong byte was decoded to U+FFFD, so that encoding again gives other bytes from there on. */
function firstWrongByte(bytes: Uint8Array, text: string): number | null {
  const again = new TextEncoder().encode(text);
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== again[index]) return index;
  return null;
}
