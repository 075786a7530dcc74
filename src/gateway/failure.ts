import { namedWait } from "../core/named-wait.ts";
import { plainText } from "../core/plain-text.ts";
import { responseHeaders } from "./headers.ts";
import { asObject, parseJson } from "./json.ts";
import { errorMessage } from "./meter/error-message.ts";
import { redact } from "./redact.ts";
import type { GatewayModel, UpstreamAnswer } from "./upstream.ts";

/** What came instead of an answer, as it may be passed on: nothing of a key is in it. */
export type Failure = {
  /** Null where the network failed. */
  status: number | null;
  headers: Record<string, string>;
  body: string;
  message: string;
  /** Why another try is worth while, or null. */
  passes: "rate limited" | "overloaded" | "not reached" | null;
  retryAfterMs: number | null;
};

const longestMessage = 2_000;
const longestBody = 1024 * 1024;

/** Reads the body of an answer that is none. Never throws: a body that breaks off is taken as far as it came. */
export async function refusedBy(model: GatewayModel, answer: UpstreamAnswer): Promise<Failure> {
  const body = redact(await readStart(answer), model.key);
  const words = errorMessage(asObject(parseJson(body))) ?? body;
  const { status } = answer;
  // The body was read as plain text, and goes on as such.
  const { "content-encoding": _encoding, ...headers } = responseHeaders(answer.headers);
  return {
    status,
    headers,
    body,
    message: cut(words === "" ? `the answer was HTTP ${status}` : words),
    passes: whyItPasses(status, body),
    retryAfterMs: namedWait((name) => answer.headers[name] ?? null, body, Date.now()),
  };
}

export function notReached(model: GatewayModel, error: unknown): Failure {
  const message = cut(redact(wordsOf(error), model.key));
  return { status: null, headers: {}, body: "", message, passes: "not reached", retryAfterMs: null };
}

/**
 * A try again pauses the provider for everybody. A 500 may be about this one request, so it is left to the program, and to
 * the next start of one that gives up.
 */
const passing: Record<number, Failure["passes"]> = {
  429: "rate limited",
  503: "overloaded",
  529: "overloaded",
};

/** Why the same call may be answered in a while, or null. */
export function whyItPasses(status: number, body: string): Failure["passes"] {
  return isHopeless(body) ? null : (passing[status] ?? null);
}

/** Money and the quota of a day do not come back within minutes. */
function isHopeless(body: string): boolean {
  return /insufficient_quota|billing_error|credit balance|billing[ _]hard[ _]limit|PerDay/i.test(body);
}

async function readStart({ body }: UpstreamAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > longestBody) break;
    }
  } catch {
    // The status says enough.
  }
  return Buffer.concat(chunks).toString();
}

/** An error's words and those of its causes. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  const own = error.message === "" ? code : error.message;
  return error.cause instanceof Error ? `${own} (${wordsOf(error.cause)})` : own;
}

function cut(text: string): string {
  return plainText(text).slice(0, longestMessage);
}
