/** Reads server-sent events, however their bytes are cut. */
export type SseReader = {
  take: (chunk: Uint8Array) => void;
  /** Hands over what the stream broke off in. */
  end: () => void;
};

/** A longer event is left out: it must not fill the memory. */
const longestEvent = 32 * 1024 * 1024;

/** @param onData gets the data of one event, its lines joined */
export function readSse(onData: (data: string) => void): SseReader {
  const decoder = new TextDecoder();
  let line: string[] = [];
  let data: string[] = [];
  /** Characters of the event so far. */
  let length = 0;
  let endedInReturn = false;

  function endLine(): void {
    const text = line.join("");
    line = [];
    if (text === "") {
      if (data.length > 0) onData(data.join("\n"));
      data = [];
      length = 0;
    } else if (text.startsWith("data:") && length <= longestEvent) {
      data.push(text.slice(text[5] === " " ? 6 : 5));
    }
  }

  function keep(piece: string): void {
    if (piece === "") return;
    length += piece.length;
    // What stands in for the line only says that it is not empty.
    if (length > longestEvent) line = [":"];
    else line.push(piece);
  }

  function takeText(text: string): void {
    if (text === "") return;
    // The second half of a line's end that was cut in two.
    let start = endedInReturn && text.startsWith("\n") ? 1 : 0;
    endedInReturn = text.endsWith("\r");
    const ends = /\r\n|\n|\r/g;
    ends.lastIndex = start;
    for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
      keep(text.slice(start, end.index));
      endLine();
      start = ends.lastIndex;
    }
    keep(text.slice(start));
  }

  return {
    take: (chunk) => takeText(decoder.decode(chunk, { stream: true })),
    end: () => {
      takeText(`${decoder.decode()}\n\n`);
    },
  };
}
