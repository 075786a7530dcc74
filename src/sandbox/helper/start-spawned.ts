import type { HelperProcess } from "./helper-process.ts";
import { graceMs, maxInputChars, slackMs } from "../inside/protocol.ts";
import { spawnEndingSchema } from "./replies.ts";
import type { Spawned, SpawnRequest } from "../sandbox.ts";

/** Has the helper start a program, and speaks with it. */
export function startSpawned(
  helper: HelperProcess,
  { file, args, env, onStdout, onStderr }: SpawnRequest,
): Spawned {
  const input = new SpawnInput((text) => helper.tell({ type: "input", id, text }));
  const { id, done } = helper.call({ type: "spawn", file, args, env }, null, (reply) => {
    if (reply.type === "output") onStdout(reply.text);
    else if (reply.type === "errorOutput") onStderr(reply.text);
    else if (reply.type === "took") input.taken();
  });
  const ended = done.then((value) => spawnEndingSchema.parse(value));
  const gone = ended.then(
    () => input.close(),
    () => input.close(),
  );
  return {
    // After the end there is nobody to write to; whoever writes learns it from `ended`.
    write: (text) => input.write(text),
    endInput: () => input.write(null),
    stop: () => {
      helper.tell({ type: "cancel", id });
      helper.expectEnd(id, graceMs + slackMs);
      return gone;
    },
    ended,
  };
}

/** What waits for a program's stdin: one piece at a time is under way. */
class SpawnInput {
  readonly #send: (text: string | null) => void;
  #waiting: (string | null)[] = [];
  #at = 0;
  #isBusy = false;
  #isClosed = false;

  constructor(send: (text: string | null) => void) {
    this.#send = send;
  }

  /** Null ends the input; what comes after it is dropped. */
  write(text: string | null): void {
    if (this.#isClosed) return;
    if (text === null) this.#isClosed = true;
    if (text !== "") this.#waiting.push(text);
    this.#next();
  }

  taken(): void {
    this.#isBusy = false;
    this.#next();
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
  }

  #next(): void {
    const text = this.#waiting[0];
    if (this.#isBusy || text === undefined) return;
    if (text === null) {
      this.#waiting = [];
      this.#send(null);
      return;
    }
    const end = endOfPiece(text, this.#at);
    this.#isBusy = true;
    this.#send(text.slice(this.#at, end));
    this.#at = end;
    if (end < text.length) return;
    this.#waiting.shift();
    this.#at = 0;
  }
}

/** Never between the two halves of a character. */
function endOfPiece(text: string, from: number): number {
  const end = from + maxInputChars;
  if (end >= text.length) return text.length;
  return text.codePointAt(end - 1) === text.charCodeAt(end - 1) ? end : end - 1;
}
