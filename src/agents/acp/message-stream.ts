import type { AnyMessage, Stream } from "@agentclientprotocol/sdk/unstable";
import { splitLines } from "../guest/split-lines.ts";

export type MessageStream = {
  stream: Stream;
  /** Text as it comes from the agent. */
  push: (text: string) => void;
  /** Nothing more will come: the connection ends. */
  end: () => void;
};

/**
 * One JSON message a line. What is no message (a warning on stdout, a line past the limit) goes to `onOther`: the SDK's own
 * stream would answer each with an error, and give the whole connection up for a long one.
 */
export function createMessageStream(
  write: (text: string) => void,
  onOther: (line: string) => void,
): MessageStream {
  let controller: ReadableStreamDefaultController<AnyMessage> | null = null;
  const readable = new ReadableStream<AnyMessage>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      controller = null;
    },
  });
  const writable = new WritableStream<AnyMessage>({
    write: (message) => write(`${JSON.stringify(message)}\n`),
  });
  const lines = splitLines(
    (line) => {
      const message = readMessage(line);
      if (message === null) onOther(line);
      else controller?.enqueue(message);
    },
    (length) => onOther(`dropped a line of ${(length / 1_000_000).toFixed(0)} MB`),
  );
  return {
    stream: { readable, writable },
    push: lines.push,
    end: () => {
      lines.flush();
      controller?.close();
      controller = null;
    },
  };
}

function readMessage(line: string): AnyMessage | null {
  try {
    const value: unknown = JSON.parse(line);
    return isMessage(value) ? value : null;
  } catch {
    // A program may print what it likes; it is kept for the message about its end.
    return null;
  }
}

/** What is in it is checked by the SDK. */
function isMessage(value: unknown): value is AnyMessage {
  return typeof value === "object" && value !== null && "jsonrpc" in value;
}
