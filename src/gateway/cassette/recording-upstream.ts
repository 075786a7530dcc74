import { pipeline, Transform, type Readable } from "node:stream";
import type { Upstream, UpstreamAnswer, UpstreamCall } from "../upstream.ts";
import { whyItPasses } from "../failure.ts";
import { encodeBody, withoutKey } from "./body-text.ts";
import type { RecordedAnswer } from "./cassette.ts";
import { printRequest } from "./print-request.ts";
import { refuse } from "./refuse.ts";
import type { CassetteSink } from "./write-cassette.ts";

/**
 * Every answer of `upstream` goes to the sink when it ends, and to the caller as it comes. Not kept is what passes by
 * itself (a rate limit, an overload, no connection): whoever calls tries again, and in a replay the answer that came in
 * the end comes at once. When the sink fails, later calls are refused: a cassette with a hole would be found out too late.
 */
export function recordingUpstream(upstream: Upstream, sink: CassetteSink): Upstream {
  let broken: string | null = null;
  const keep = (answer: RecordedAnswer): void => {
    try {
      sink.write(answer);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      broken ??= `the cassette cannot be written: ${why}`;
    }
  };
  return async (call) => {
    if (broken !== null) return refuse(call.model.api, broken);
    const answer = await upstream(call);
    const { status, headers } = answer;
    const body = collect(answer.body, (chunks, end) => {
      // Nobody has seen anything of it, and the gateway tries again.
      if (chunks.length === 0 && end !== "complete") return;
      if (status >= 400 && whyItPasses(status, Buffer.concat(chunks).toString()) !== null) return;
      keep({
        ...headOf(call),
        status,
        ...headersOf(headers),
        ...encodeBody(withoutKey(chunks, { status, key: call.model.key })),
        end: end === "cut" && call.signal.aborted ? "left" : end,
        ...(call.paths && { paths: { ...call.paths } }),
      });
    });
    return { ...answer, body };
  };
}

function headOf(call: UpstreamCall): Pick<RecordedAnswer, "label" | "model" | "api" | "request"> {
  return { label: call.label, model: call.model.id, api: call.model.api, request: printRequest(call) };
}

/** What clients go by. Others name accounts and requests, or belong to the connection. */
const keptHeaders = ["content-encoding", "retry-after", "retry-after-ms", "x-should-retry"];

function headersOf(headers: UpstreamAnswer["headers"]): Pick<RecordedAnswer, "contentType" | "headers"> {
  const kept = Object.fromEntries(
    keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
  const contentType = headers["content-type"] ?? "";
  return { contentType, ...(Object.keys(kept).length > 0 && { headers: kept }) };
}

/** The same bytes in the same pieces; `onEnd` comes once, before whoever reads can see the end. */
function collect(
  source: Readable,
  onEnd: (chunks: readonly Buffer[], end: RecordedAnswer["end"]) => void,
): Readable {
  const chunks: Buffer[] = [];
  let ended = false;
  const finish = (end: RecordedAnswer["end"]): void => {
    if (!ended) onEnd(chunks, end);
    ended = true;
  };
  const through = new Transform({
    transform: (chunk: Buffer, _encoding, next) => {
      chunks.push(chunk);
      next(null, chunk);
    },
    flush: (next) => {
      finish("complete");
      next();
    },
  });
  // Before the pipeline's own: whoever falls first is the one to blame.
  source.once("error", () => finish(through.destroyed ? "left" : "cut"));
  pipeline(source, through, () => finish(source.errored ? "cut" : "left"));
  return through;
}
