import type { StopReason } from "@agentclientprotocol/sdk/unstable";
import type { GuestEnd, GuestTrouble } from "../guest/guest.ts";

/** What the answer to a prompt means. `isBroken`: the agent called its own turn a failure, though it ended well. */
export function readStop(told: { stopReason: StopReason; words: string; isBroken: boolean }): GuestEnd {
  const { stopReason, words, isBroken } = told;
  switch (stopReason) {
    case "end_turn":
      return isBroken
        ? failed(whyOfWords(words), words.trim() || "The agent's turn broke off.")
        : { type: "done" };
    case "max_tokens":
      return failed("limit", "The model's answer reached its largest size.");
    case "max_turn_requests":
      return failed("limit", "The agent reached its own limit of turns.");
    case "refusal":
      return failed("refused", words.trim() || "The model declined.");
    case "cancelled":
      return failed("killed", "It was stopped.");
  }
}

const authRequired = -32000;

/** What a request that was answered with an error means. */
export function readError(error: unknown, during: "start" | "load" | "prompt"): GuestEnd {
  const { message, code, data } = describeError(error);
  if (code === authRequired) return failed("login", message);
  // Whatever else is wrong, a new session tells it too.
  if (during === "load") return failed("no-session", message);
  const why = whyOfKind(data) ?? whyOfWords(message);
  // Before a model was called, other words are about other things.
  return failed(during === "prompt" || why === "login" ? why : "start", message);
}

function describeError(error: unknown): { message: string; code: number | null; data: string } {
  if (!(error instanceof Error)) return { message: String(error), code: null, data: "" };
  const code = "code" in error && typeof error.code === "number" ? error.code : null;
  const data = "data" in error && error.data !== undefined ? JSON.stringify(error.data) : "";
  const isKnown = data === "" || data === "null" || error.message.includes(data);
  return { message: (isKnown ? error.message : `${error.message} ${data}`).slice(0, 2_000), code, data };
}

/** claude-agent-acp's `errorKind`. */
const kinds: Record<string, GuestTrouble> = {
  authentication_failed: "login",
  oauth_org_not_allowed: "login",
  billing_error: "quota",
  rate_limit: "rate-limit",
  overloaded: "unreachable",
  server_error: "unreachable",
  transport_lost: "unreachable",
  model_not_found: "model",
  max_output_tokens: "limit",
};

function whyOfKind(data: string): GuestTrouble | null {
  const kind = /"errorKind":"(\w+)"/.exec(data)?.[1];
  return kind === undefined ? null : (kinds[kind] ?? null);
}

/** By words alone, where an agent only hands on what the vendor said. */
function whyOfWords(text: string): GuestTrouble {
  if (
    /prompt is too long|context[_ ](window|length)|input token count|maximum number of tokens|ran out of room/i.test(
      text,
    )
  )
    return "context";
  if (/insufficient_quota|credit balance|billing|usage limit/i.test(text)) return "quota";
  const status = Number(/\b(?:status|code|error|HTTP)\b[^\d\n]{0,20}(\d{3})\b/i.exec(text)?.[1] ?? 0);
  if (status === 401 || status === 403 || /api key|unauthorized|authenticat|not logged in/i.test(text))
    return "login";
  if (status === 404 || /model[^.\n]{0,60}(not found|does not exist)/i.test(text)) return "model";
  if (status === 429 || /rate.?limit|too many requests|exhausted/i.test(text)) return "rate-limit";
  if (
    status >= 500 ||
    /overloaded|high demand|stream disconnected|fetch failed|ECONN|ETIMEDOUT|connection|finish reason/i.test(
      text,
    )
  )
    return "unreachable";
  return /safety|refus|declined|blocked due to/i.test(text) ? "refused" : "error";
}

function failed(why: GuestTrouble, message: string): GuestEnd {
  return { type: "failed", why, message };
}
