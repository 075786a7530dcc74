import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { Upstream, UpstreamAnswer } from "../upstream.ts";
import { decodeBody } from "./body-text.ts";
import type { Cassette, RecordedAnswer } from "./cassette.ts";
import { pickAnswer } from "./pick-answer.ts";
import { printRequest } from "./print-request.ts";
import { refuse } from "./refuse.ts";
import { movesBetween } from "./moves.ts";
import { relocate } from "./relocate.ts";

/** Answers from a cassette, each once, and calls nobody. */
export function replayingUpstream({ file, answers }: Cassette): Upstream {
  const used = new Set<number>();
  return async (call) => {
    call.signal.throwIfAborted();
    const { label, model } = call;
    const request = printRequest(call);
    const wanted = { label, model: model.id, api: model.api, request };
    const index = pickAnswer(answers, wanted, (one) => used.has(one));
    const answer = index === null ? undefined : answers[index];
    if (index === null || answer === undefined) {
      const left = answers.filter((one, at) => one.label === label && !used.has(at)).length;
      return refuse(model.api, `the cassette ${file} has ${missing(label, model.id, { left, request })}`);
    }
    used.add(index);
    const moved = relocate(answer, movesBetween(answer.paths ?? {}, call.paths ?? {}));
    return play(moved, call.signal);
  };
}

type Rest = { left: number; request: RecordedAnswer["request"] };

function missing(label: string, model: string, { left, request: { operation, turns } }: Rest): string {
  const more = left === 0 ? "no (more) answer" : `${left} unused, but no answer`;
  return `${more} for ${label}: ${model}, ${operation}, ${turns} message${turns === 1 ? "" : "s"}`;
}

function play(answer: RecordedAnswer, signal: AbortSignal): UpstreamAnswer {
  const { status, contentType, headers } = answer;
  const type = contentType === "" ? {} : { "content-type": contentType };
  return { status, headers: { ...type, ...headers }, body: Readable.from(pieces(answer, signal)) };
}

/** Each piece in a turn of its own, as if it came by itself; how long it took is not repeated. */
async function* pieces(answer: RecordedAnswer, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (const piece of decodeBody(answer)) {
    signal.throwIfAborted();
    yield piece;
    await setImmediate();
  }
  if (answer.end !== "complete") throw new Error("the connection broke here when the answer was recorded");
}
