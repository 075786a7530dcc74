/** Parts that stay apart when they come to stand on one line: each ends like a sentence, and empty ones are left out. */
export function inSentences(parts: readonly string[]): string[] {
  const said = parts.map((part) => part.trim()).filter((part) => part !== "");
  return said.map((part) => (/[.!?…:]$/.test(part) ? part : `${part}.`));
}
