import type { GuestEnd, GuestTrouble } from "../guest/guest.ts";
import type { ClaudeResult } from "./claude-result.ts";
import { lastLines } from "../guest/last-lines.ts";
import type { Exit } from "./program.ts";

export function readClaudeResult(result: ClaudeResult): GuestEnd {
  const { is_error, subtype, errors } = result;
  if (!is_error && subtype === "success") return { type: "done" };
  const message = [result.result, ...errors].filter((text) => text !== "").join(" ");
  return { type: "failed", why: whyFailed(result, message), message: message || subtype };
}

function whyFailed(result: ClaudeResult, message: string): GuestTrouble {
  const { subtype, terminal_reason, stop_reason, api_error_status, api_error } = result;
  if (/no conversation found/i.test(message)) return "no-session";
  if (subtype === "error_max_turns" || subtype === "error_max_budget_usd") return "limit";
  if (terminal_reason === "prompt_too_long" || /prompt is too long/i.test(message)) return "context";
  if (stop_reason === "refusal") return "refused";
  // Before the status: money comes as 400 or 429.
  if (api_error_status === 402 || /credit balance|usage limit|hit your limit|quota/i.test(message))
    return "quota";
  if (typeof api_error_status === "number") return whyOfStatus(api_error_status);
  if (api_error === "connection_failed" || /mid-response|connection error/i.test(message))
    return "unreachable";
  if (/\/login|not logged in|oauth token|api key/i.test(message)) return "login";
  return "error";
}

function whyOfStatus(status: number): GuestTrouble {
  if (status === 401 || status === 403) return "login";
  if (status === 404) return "model";
  if (status === 429) return "rate-limit";
  return status >= 500 ? "unreachable" : "error";
}

/** Signals that the program turns into an exit of its own. */
const signalExits: Record<number, string> = { 130: "SIGINT", 137: "SIGKILL", 143: "SIGTERM" };

export function readClaudeExit({ how, told, stderr }: Exit): GuestEnd {
  if (how.type === "failed") return { type: "failed", why: "start", message: how.reason };
  const signal = how.type === "killed" ? how.signal : signalExits[how.exitCode];
  if (signal !== undefined)
    return { type: "failed", why: "killed", message: `claude was ended by ${signal}.` };
  if (told?.type === "failed") return told;
  const words = lastLines(stderr);
  const exitCode = how.type === "exited" ? how.exitCode : 0;
  if (told !== null && exitCode === 0) return told;
  // Bad flags are told in one line that begins so, before anything else.
  const why = told === null && /^error: /im.test(words) ? "start" : "error";
  const message = words === "" ? `claude exited with ${exitCode} and told no result.` : words;
  return { type: "failed", why, message };
}
