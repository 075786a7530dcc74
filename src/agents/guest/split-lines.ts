export type LineSplitter = {
  /** Text as it comes, cut anywhere. */
  push: (text: string) => void;
  /** The last line, where its end is missing. */
  flush: () => void;
};

/**
 * Longer lines are dropped: a program may print a file of any size as one event. No event that agentx acts on is near it, and
 * what of a line is kept until its end stays in memory for long.
 */
const maxLineLength: number = 4 * 1024 * 1024;

/** Whole lines without their ends; of one over `max` UTF-16 units only `onDropped` is told, once, when it ends. */
export function splitLines(
  onLine: (line: string) => void,
  onDropped: (length: number) => void,
  max: number = maxLineLength,
): LineSplitter {
  // Joined only when the line is whole: text that grows piece by piece would be copied again at every search in it.
  let pieces: string[] = [];
  let length = 0;
  const add = (piece: string): void => {
    length += piece.length;
    if (length > max) pieces = [];
    else pieces.push(piece);
  };
  const tell = (line: string): void => {
    if (line !== "") onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
  };
  const finish = (): void => {
    const [line, whole] = [pieces.join(""), length];
    pieces = [];
    length = 0;
    if (whole > max) onDropped(whole);
    else tell(line);
  };
  return {
    push: (text) => {
      let from = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
        // Nearly every line is in one piece, and a program may print a hundred million of them.
        if (length === 0 && end - from <= max) tell(text.slice(from, end));
        else {
          add(text.slice(from, end));
          finish();
        }
        from = end + 1;
      }
      if (from < text.length) add(text.slice(from));
    },
    flush: finish,
  };
}
