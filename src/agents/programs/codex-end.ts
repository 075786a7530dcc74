import { plainText } from "../../core/plain-text.ts";
import type { GuestEnd, GuestTrouble } from "../guest/guest.ts";
import { lastLines } from "../guest/last-lines.ts";
import type { Exit } from "./program.ts";

/** Signals that the program or its launcher turns into an exit of its own. */
const signalExits: Record<number, string> = { 130: "SIGINT", 137: "SIGKILL", 143: "SIGTERM" };

export function readCodexExit({ how, told, stderr }: Exit): GuestEnd {
  if (how.type === "failed") return failed("start", how.reason);
  const signal = how.type === "killed" ? how.signal : signalExits[how.exitCode];
  if (signal !== undefined) return failed("killed", `codex was ended by ${signal}.`);
  if (told?.type === "failed") return told;
  const exitCode = how.type === "exited" ? how.exitCode : 0;
  if (told !== null && exitCode === 0) return told;
  const words = lastLines(plainText(stderr));
  const message = words === "" ? `codex exited with ${exitCode} and told no end.` : words;
  return failed(whyNotBegun(stderr) ?? whyCodexFailed(message), message);
}

/** The message of a turn that failed; a vendor's 400 comes as the body of its answer. */
export function readCodexMessage(message: string): GuestEnd {
  const inner = /"message":\s*"((?:[^"\\]|\\.)+)"/.exec(message)?.[1];
  return failed(whyCodexFailed(message), message.startsWith("{") && inner !== undefined ? inner : message);
}

function whyNotBegun(stderr: string): GuestTrouble | null {
  if (/no rollout found|thread\/resume failed|no saved session/i.test(stderr)) return "no-session";
  if (/input_too_large/.test(stderr)) return "context";
  if (/^error: |Error loading config/m.test(stderr)) return "start";
  return null;
}

/** It tells no status of its own, and its own words for some of them; in this order, as one message may fit two. */
const troubles: [GuestTrouble, RegExp][] = [
  ["context", /context window|context_length_exceeded/i],
  ["quota", /quota|billing|usage limit|credits|status 402/i],
  ["rate-limit", /\b429\b|rate.?limit|too many requests/i],
  [
    "login",
    /status 40[13]|unauthorized|missing environment variable|log ?in\b|logged (in|out)|(refresh|access) token/i,
  ],
  ["model", /status 404|model\b.*\b(does not exist|not found|not supported|do not have access)/i],
  ["refused", /flagged|content.?(filter|policy)|violat\w+ .*polic/i],
  [
    "unreachable",
    /status 5\d\d|status 408|high demand|at capacity|overloaded|disconnected|error sending request|timed? ?out|connection|network/i,
  ],
];

function whyCodexFailed(message: string): GuestTrouble {
  return troubles.find(([, pattern]) => pattern.test(message))?.[0] ?? "error";
}

function failed(why: GuestTrouble, message: string): GuestEnd {
  return { type: "failed", why, message };
}
