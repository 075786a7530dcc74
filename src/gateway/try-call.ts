import { once } from "node:events";
import { notReached, refusedBy, type Failure } from "./failure.ts";
import type { Pass, Pause, Waiter } from "./pause.ts";
import type { Upstream, UpstreamAnswer, UpstreamCall } from "./upstream.ts";

/** The answer's first byte is there, or it is known to have none. */
export type Tried = { type: "answer"; answer: UpstreamAnswer } | { type: "failed"; failure: Failure };

const mostTries = 5;

/**
 * Calls until there is an answer, a failure that does not pass, or no patience left. What goes wrong before the first byte
 * can be tried again: the client has seen nothing of it. Throws the signal's reason.
 */
export async function tryCall(
  call: UpstreamCall,
  { upstream, pause, ...waiter }: Waiter & { upstream: Upstream; pause: Pause },
): Promise<Tried> {
  let own: Failure | null = null;
  for (let tries = 1; ; tries += 1) {
    const pass = await pause.enter(waiter);
    if (pass.type === "gone") return { type: "failed", failure: own ?? pass.failure };
    const tried = await tryOnce(call, { upstream, pause, pass });
    if (tried.type === "answer") return tried;
    own = tried.failure;
    if (own.passes === null || tries >= mostTries) return tried;
  }
}

async function tryOnce(
  call: UpstreamCall,
  { upstream, pause, pass }: { upstream: Upstream; pause: Pause; pass: Pass },
): Promise<Tried> {
  try {
    const tried = await takeAnswer(call, upstream);
    if (tried.type === "answer") pause.succeeded(pass);
    else if (tried.failure.passes !== null) pause.failed(pass, tried.failure);
    return tried;
  } finally {
    pause.leave(pass);
  }
}

async function takeAnswer(call: UpstreamCall, upstream: Upstream): Promise<Tried> {
  try {
    const answer = await upstream(call);
    if (answer.status < 200 || answer.status > 299) {
      const failure = await refusedBy(call.model, answer);
      call.signal.throwIfAborted();
      return { type: "failed", failure };
    }
    await firstByte(answer, call.signal);
    return { type: "answer", answer };
  } catch (error) {
    call.signal.throwIfAborted();
    return { type: "failed", failure: notReached(call.model, error) };
  }
}

async function firstByte({ body }: UpstreamAnswer, signal: AbortSignal): Promise<void> {
  if (body.errored) throw body.errored;
  if (body.readableLength > 0 || body.readableEnded) return;
  // Also emitted at the end of an empty body.
  await once(body, "readable", { signal });
}
