import type { GuestEnd, GuestTrouble } from "../guest/guest.ts";
import { lastLines } from "../guest/last-lines.ts";
import type { PiMessage } from "./pi-message.ts";
import type { Exit } from "./program.ts";

/** By its last message: the exit code is 0 whatever happened. */
export function readPiMessage({ stopReason, errorMessage }: PiMessage): GuestEnd {
  if (stopReason === "stop") return { type: "done" };
  if (stopReason === "length") {
    const message = "The model's answer was cut at its longest length.";
    return { type: "failed", why: "error", message };
  }
  const message = errorMessage === "" ? `pi stopped: ${stopReason}` : errorMessage;
  return readPiError(message);
}

export function readPiError(message: string): GuestEnd {
  return { type: "failed", why: whyFailed(message), message };
}

/** Where each vendor's error has its status; the rest is the body as it came. */
const statusIn = /^(?:OpenAI API error \(|\{"error":\{"code":)?(\d{3})\b/;

function whyFailed(message: string): GuestTrouble {
  const status = Number(statusIn.exec(message)?.[1] ?? 0);
  if (
    /too long|context (length|window)|maximum context|context_length|exceeds? the (context|maximum)/i.test(
      message,
    )
  )
    return "context";
  if (/insufficient_quota|credit balance|billing|usage limit|quota/i.test(message) || status === 402)
    return "quota";
  if (/refus|content.?filter|safety/i.test(message)) return "refused";
  if (status === 401 || status === 403 || /no api key|\/login/i.test(message)) return "login";
  if (status === 404) return "model";
  if (status === 429) return "rate-limit";
  if (status >= 500 || status === 408) return "unreachable";
  if (
    status === 0 &&
    /terminated|connection|stream ended|fetch failed|socket|network|timed? ?out|overloaded/i.test(message)
  )
    return "unreachable";
  return "error";
}

export function readPiExit({ how, told, stderr }: Exit): GuestEnd {
  if (how.type === "failed") return { type: "failed", why: "start", message: how.reason };
  const signalled = how.type === "killed" ? how.signal : how.exitCode === 143 ? "SIGTERM" : null;
  if (signalled !== null) return { type: "failed", why: "killed", message: `pi was ended by ${signalled}.` };
  if (told?.type === "failed") return told;
  const exitCode = how.type === "exited" ? how.exitCode : 0;
  if (told !== null && exitCode === 0) return told;
  const words = lastLines(stderr);
  if (/no session found/i.test(words)) return { type: "failed", why: "no-session", message: words };
  const why = told === null && /unknown option|^error: /im.test(words) ? "start" : "error";
  const message = words === "" ? `pi exited with ${exitCode} and told no end.` : words;
  return { type: "failed", why, message };
}
