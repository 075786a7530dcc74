import { plainText } from "../../core/plain-text.ts";
import type { GuestEnd, GuestTrouble } from "../guest/guest.ts";
import { lastLines } from "../guest/last-lines.ts";
import type { Exit } from "./program.ts";

/** Signals that the program or its launcher turns into an exit of its own. */
const signalExits: Record<number, string> = { 130: "SIGINT", 137: "SIGKILL", 143: "SIGTERM" };

export function readOpencodeExit({ how, told, stderr, denied }: Exit): GuestEnd {
  if (how.type === "failed") return failed("start", how.reason);
  const signal = how.type === "killed" ? how.signal : signalExits[how.exitCode];
  if (signal !== undefined) return failed("killed", `opencode was ended by ${signal}.`);
  if (told?.type === "failed") return told;
  const exitCode = how.type === "exited" ? how.exitCode : 0;
  const said = plainText(stderr);
  // It exits with 1 after any error, also one after which it went on and came to an end.
  const wentWrong = exitCode > 1 || (exitCode === 1 && /^Error:/m.test(said));
  if (told !== null && !wentWrong) return told;
  if (denied.length > 0)
    return failed("error", `It stopped because it was not allowed: ${denied.join(", ")}.`);
  if (/^Options:$/m.test(said))
    return failed(
      "start",
      "opencode does not know a flag that it is started with: take a newer release of it.",
    );
  const words = lastLines(said);
  const message = words === "" ? `opencode exited with ${exitCode} in the middle of its work.` : words;
  if (/session not found/i.test(words)) return failed("no-session", message);
  if (/model not found|ProviderModelNotFound/i.test(words)) return failed("model", message);
  return failed(/Config\w*Error|Configuration is invalid/.test(words) ? "start" : "error", message);
}

type Told = { name: string; message: string; statusCode?: number | undefined };

export function readOpencodeError({ name, message, statusCode }: Told): GuestEnd {
  return failed(byName[name] ?? whyOfStatus(statusCode, message) ?? whyOfWords(message), message || name);
}

const byName: Record<string, GuestTrouble> = {
  ContextOverflowError: "context",
  ContentFilterError: "refused",
  ProviderAuthError: "login",
  ProviderModelNotFoundError: "model",
  MessageAbortedError: "killed",
};

function whyOfStatus(status: number | undefined, message: string): GuestTrouble | null {
  if (status === undefined) return null;
  if (status === 401 || status === 403) return "login";
  if (status === 404) return "model";
  if (status === 402 || /quota|billing|credit|usage limit/i.test(message)) return "quota";
  if (status === 429) return "rate-limit";
  return status >= 500 || status === 408 ? "unreachable" : null;
}

function whyOfWords(message: string): GuestTrouble {
  if (/quota|billing|credit balance|usage limit/i.test(message)) return "quota";
  if (/rate.?limit|too many requests/i.test(message)) return "rate-limit";
  if (/model not found/i.test(message)) return "model";
  if (
    /connect|socket|network|fetch failed|timed? ?out|terminated|overloaded|unavailable|ECONN/i.test(message)
  )
    return "unreachable";
  return "error";
}

function failed(why: GuestTrouble, message: string): GuestEnd {
  return { type: "failed", why, message };
}
