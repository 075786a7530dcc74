const newline = 10;

/** A line was longer than allowed: the other side is broken or hostile. */
export class LineTooLong extends Error {}

/**
 * Cuts a byte stream into lines, without keeping more than one unfinished line.
 * The returned function throws LineTooLong as soon as an unfinished line passes `maxBytes`.
 */
export function splitLines(maxBytes: number, onLine: (line: string) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let bytes = 0;
  return (chunk) => {
    let from = 0;
    for (let to = chunk.indexOf(newline); to !== -1; to = chunk.indexOf(newline, from)) {
      parts.push(chunk.subarray(from, to));
      const line = Buffer.concat(parts).toString("utf8");
      parts = [];
      bytes = 0;
      from = to + 1;
      onLine(line);
    }
    if (from === chunk.length) return;
    parts.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > maxBytes) throw new LineTooLong(`a line of more than ${maxBytes} bytes`);
  };
}
