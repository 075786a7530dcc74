import { textWait } from "../core/named-wait.ts";
import type { Endpoint } from "./endpoint.ts";
import { ModelError, type ModelErrorKind } from "./model.ts";
import { isObject } from "./tool-arguments.ts";

/** What a provider's error says, whichever SDK threw it. */
type Facts = { status: number | null; codes: string[]; message: string };

/** An SDK's error as a ModelError with a sentence that says what to do. */
export function failureOf(error: unknown, endpoint: Endpoint, retryAfterMs: number | null): ModelError {
  if (error instanceof ModelError) return error;
  const facts = factsOf(error);
  const kind = kindOf(facts);
  const wait = retryAfterMs ?? textWait(facts.message);
  const message = sentences[kind](endpoint, facts);
  return new ModelError(kind, endpoint.id, { message, retryAfterMs: wait, cause: error });
}

/** A ModelError from what a stream said in its own events, where no SDK throws. */
export function streamFailure(
  endpoint: Endpoint,
  { code, message }: { code: string; message: string },
): ModelError {
  const facts = { status: null, codes: [code], message };
  const guess = kindOf(facts);
  // The provider did speak, so the connection is not to blame.
  const kind = guess === "network" ? "overloaded" : guess;
  const wait = textWait(message);
  return new ModelError(kind, endpoint.id, { message: sentences[kind](endpoint, facts), retryAfterMs: wait });
}

const overflow =
  /prompt is too long|maximum context length|context window|context_length_exceeded|input token count.*exceeds|exceeds? the (available )?context size/i;
const outOfMoney =
  /insufficient_quota|billing_error|billing details|billing[ _]hard[ _]limit|credit balance|spend(ing)? limit/i;
const quotaOfTheDay = /PerDay/;
const wrongKey = /API_KEY_INVALID|API key not valid/i;

function kindOf({ status, codes, message }: Facts): ModelErrorKind {
  const said = [...codes, message].join(" ");
  const has = (...names: string[]): boolean => names.some((name) => codes.includes(name));
  if (overflow.test(said) || status === 413) return "context-length";
  if (status === 402 || isOutOfMoney(status, said)) return "quota";
  if (status === 401 || status === 403 || wrongKey.test(said) || has("authentication_error")) return "auth";
  if (status === 404 || has("not_found_error", "model_not_found")) return "not-found";
  if (status === 429 || has("rate_limit_error", "rate_limit_exceeded")) return "rate-limit";
  if (status === 408 || status === 409 || (status !== null && status >= 500)) return "overloaded";
  if (has("overloaded_error", "api_error", "server_error", "UNAVAILABLE", "INTERNAL")) return "overloaded";
  if (/Incomplete JSON segment|ended without/.test(message)) return "truncated";
  return status === null && !has("invalid_request_error", "invalid_prompt") ? "network" : "bad-request";
}

/** Google speaks of billing in every 429; only the name of the quota tells the day's from the minute's. */
function isOutOfMoney(status: number | null, said: string): boolean {
  if (status === 401 || status === 404) return false;
  return said.includes("RESOURCE_EXHAUSTED") ? quotaOfTheDay.test(said) : outOfMoney.test(said);
}

type Sentence = (endpoint: Endpoint, facts: Facts) => string;

const sentences: Record<ModelErrorKind, Sentence> = {
  auth: ({ provider, keyEnv }, facts) => {
    const key = keyEnv === "" ? "the request: it has no key" : `the key in ${keyEnv}`;
    const why = facts.status === 403 ? `: ${facts.message}` : "";
    return `${provider} refused ${key}${inBrackets(facts)}${why}`;
  },
  "not-found": ({ provider, model, baseUrl }, facts) => {
    const place = baseUrl === null ? "" : ` at ${baseUrl}`;
    return `${provider} has no model "${model}"${place}${inBrackets(facts)}; check the name`;
  },
  quota: ({ provider }, facts) =>
    `the account at ${provider} has no credit or quota left${inBrackets(facts)}: ${facts.message}`,
  "rate-limit": ({ provider }, facts) => `${provider} limits the rate${inBrackets(facts)}: ${facts.message}`,
  overloaded: ({ provider }, facts) => `${provider} is in trouble${inBrackets(facts)}: ${facts.message}`,
  network: ({ provider, baseUrl }, facts) =>
    `the connection to ${provider}${baseUrl === null ? "" : ` at ${baseUrl}`} failed: ${facts.message}`,
  truncated: ({ provider, id }) => `${provider} ended the answer of ${id} before it was complete`,
  "context-length": ({ id }, facts) => `the conversation is too long for ${id}: ${facts.message}`,
  "bad-request": ({ provider }, facts) =>
    `${provider} refused the request${inBrackets(facts)}: ${facts.message}`,
};

function inBrackets({ status }: Facts): string {
  return status === null ? "" : ` (${status})`;
}

function factsOf(error: unknown): Facts {
  const outer = errorFields(error);
  const message = error instanceof Error ? error.message : String(error);
  const body = bodyOf(outer, message);
  const codes = [outer["code"], outer["type"], body["code"], body["type"], body["status"]];
  const status = outer["status"] ?? body["code"];
  return {
    status: typeof status === "number" ? status : null,
    codes: codes.filter((code) => typeof code === "string"),
    message: wording(body, message) + causeOf(error),
  };
}

/** The provider's own error object: kept by Anthropic's and OpenAI's SDKs, in the message of Google's. */
function bodyOf(outer: Record<string, unknown>, message: string): Record<string, unknown> {
  const kept = asRecord(outer["error"]);
  const parsed = Object.keys(kept).length > 0 ? kept : parse(message);
  return "error" in parsed ? asRecord(parsed["error"]) : parsed;
}

function parse(message: string): Record<string, unknown> {
  const start = message.indexOf("{");
  if (start === -1) return {};
  try {
    return asRecord(JSON.parse(message.slice(start)));
  } catch {
    return {};
  }
}

/** The details stay where they carry a quota's name or a delay. */
function wording(body: Record<string, unknown>, fallback: string): string {
  const { message, details } = body;
  if (typeof message !== "string" || message === "") return fallback;
  return Array.isArray(details) ? `${message} ${JSON.stringify(details)}` : message;
}

/** "fetch failed" alone says nothing: the reason sits in the chain of causes. */
function causeOf(error: unknown): string {
  const reasons: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause instanceof Error) {
    if (cause.message !== "") reasons.push(cause.message);
    cause = cause.cause;
  }
  return reasons.length === 0 ? "" : ` (${reasons.join(": ")})`;
}

function asRecord(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** Read one by one: what an error class defines by getter is lost in a spread. */
function errorFields(error: unknown): Record<string, unknown> {
  if (!isObject(error)) return {};
  const { status, code, type, error: body } = error;
  return { status, code, type, error: body };
}
