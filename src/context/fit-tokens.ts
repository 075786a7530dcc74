/** An estimate, a quarter of the bytes rounded up: no tokenizer is asked, and every model has its own. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

export type Fitted = { text: string; cut: boolean };

/**
 * The text within a budget of estimated tokens. What is too long ends at a line's end, followed by a line that says so
 * and, by `rest`, how to read on; that line is part of the budget where it fits at all.
 */
export function fitTokens(text: string, { tokens, rest }: { tokens: number; rest: string }): Fitted {
  if (estimateTokens(text) <= tokens) return { text, cut: false };
  const room = tokens * 4 - Buffer.byteLength(cutLine(text.length, rest)) - 1;
  const kept = headLines(text, room);
  const total = text.split("\n").length;
  const left = kept === "" ? total : total - kept.split("\n").length;
  return { text: `${kept}${kept === "" ? "" : "\n"}${cutLine(left, rest)}`, cut: true };
}

function cutLine(lines: number, rest: string): string {
  return `[… cut here: ${lines} more lines${rest === "" ? "" : `; ${rest}`}]`;
}

/** As many whole lines as fit into so many bytes. */
function headLines(text: string, bytes: number): string {
  const kept: string[] = [];
  let used = 0;
  for (const line of text.split("\n")) {
    used += Buffer.byteLength(line) + 1;
    if (used > bytes + 1) break;
    kept.push(line);
  }
  return kept.join("\n");
}
