import type { RecordedAnswer } from "./cassette.ts";
import { moveStream } from "./move-stream.ts";
import { type Moves, move } from "./moves.ts";

/**
 * The answer with today's paths in place of the recorded ones. A stream may cut a path between two events: the whole
 * new one then stands in the first. Bodies that are no text stay as they are.
 */
export function relocate(answer: RecordedAnswer, moves: Moves | null): RecordedAnswer {
  if (moves === null || answer.base64) return answer;
  const text = answer.body.join("");
  const isStream = answer.contentType.includes("event-stream");
  const body = isStream ? moveStream(answer.api, text, moves) : [move(text, moves)];
  // Untouched, it keeps its pieces.
  return body.join("") === text ? answer : { ...answer, body };
}
