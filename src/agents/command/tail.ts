const maxLines = 20;
const maxLength = 4_000;
const maxLineLength = 2_000;
/** Of what comes at once: a flood of empty words is not to keep whoever listens. */
const maxLinesAtOnce = 200;

/** Cuts output into lines, hands each one on, of very many at once the last ones, and keeps the last ones of all. */
export function createTail(onLine: (line: string) => void): {
  push: (text: string) => void;
  text: () => string;
} {
  let open = "";
  let lines: string[] = [];
  const take = (line: string): void => {
    // A progress bar writes over itself: what stands at the end is what a person would see.
    const shown = line.slice(line.lastIndexOf("\r", line.length - 2) + 1).trimEnd();
    if (shown === "") return;
    lines = [...lines, shown].slice(-maxLines);
    onLine(shown);
  };
  return {
    push: (text) => {
      const parts = (open + text).split("\n");
      // A line without an end would be kept whole.
      open = (parts.pop() ?? "").slice(-maxLineLength);
      parts
        .filter((line) => line.trim() !== "")
        .slice(-maxLinesAtOnce)
        .forEach(take);
    },
    text: () =>
      [...lines, open.trimEnd()]
        .filter((line) => line !== "")
        .join("\n")
        .slice(-maxLength),
  };
}
