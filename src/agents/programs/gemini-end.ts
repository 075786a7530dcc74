import type { GuestEnd, GuestTrouble } from "../guest/guest.ts";
import { lastLines } from "../guest/last-lines.ts";
import type { Exit } from "./program.ts";

/** From its source: packages/core/src/utils/errors.ts and exitCodes.ts. */
const exits: Record<number, GuestTrouble> = {
  41: "login",
  42: "start",
  52: "start",
  53: "limit",
  55: "start",
};

/** A shell's way to tell of a signal; also what is left of the statuses 386, 393 and 399, which no vendor sends. */
const signalExits: Record<number, string> = { 130: "SIGINT", 137: "SIGKILL", 143: "SIGTERM" };

/** So it ends also where it thinks that a conversation is longer than the model takes. */
const silent = "gemini exited with 0 and told no result.";

export function readGeminiExit({ how, told, stderr }: Exit): GuestEnd {
  if (how.type === "failed") return { type: "failed", why: "start", message: how.reason };
  const signal = how.type === "killed" ? how.signal : signalExits[how.exitCode];
  if (signal !== undefined) return failed("killed", `gemini was ended by ${signal}.`);
  if (told?.type === "failed") return told;
  const exitCode = how.type === "exited" ? how.exitCode : 0;
  const words = lastLines(withoutNoise(stderr));
  if (exitCode === 0) return told ?? failed("error", words === "" ? silent : `${silent} ${words}`);
  const message = words === "" ? `gemini exited with ${exitCode}.` : words;
  if (/error resuming session/i.test(words)) return failed("no-session", message);
  return failed(exits[exitCode] ?? whyOfStatus(exitCode) ?? whyGeminiFailed(message), message);
}

/** By the vendor's error, which it hands on as it came. */
export function whyGeminiFailed(told: string, type = ""): GuestTrouble {
  // Its own advice after a rate limit speaks of quotas.
  const [message = ""] = told.split("\nPlease wait and try again");
  if (type.startsWith("FatalTurnLimited")) return "limit";
  if (type.startsWith("FatalAuthentication")) return "login";
  if (/input token count|maximum number of tokens|context window/i.test(message)) return "context";
  if (/blocked due to|safety|recitation|PROHIBITED/i.test(message)) return "refused";
  const status = /"code":\s*(\d{3})\b|status:? (\d{3})\b/i.exec(message);
  const why = status === null ? null : whyOfCode(Number(status[1] ?? status[2]), message);
  if (why !== null) return why;
  if (/quota|billing|credits/i.test(message)) return "quota";
  if (/exhausted|rate limit/i.test(message)) return "rate-limit";
  if (/not found/i.test(message)) return "model";
  if (/fetch failed|ECONN|ETIMEDOUT|socket|terminated|finish reason|network|incomplete json/i.test(message))
    return "unreachable";
  return "error";
}

function whyOfCode(code: number, message: string): GuestTrouble | null {
  if (code === 401 || code === 403) return "login";
  if (code === 400 && /api[ _]key/i.test(message)) return "login";
  if (code === 404) return "model";
  if (code === 402) return "quota";
  if (code === 429) return /quota|billing|credit/i.test(message) ? "quota" : "rate-limit";
  return code >= 500 ? "unreachable" : null;
}

/** An API error's status is its exit code, of which a process keeps the low eight bits. */
function whyOfStatus(exitCode: number): GuestTrouble | null {
  const status = [401, 402, 403, 404, 429, 500, 502, 503, 504].find((one) => (one & 255) === exitCode);
  return status === undefined ? null : whyOfCode(status, "");
}

function failed(why: GuestTrouble, message: string): GuestEnd {
  return { type: "failed", why, message };
}

function withoutNoise(stderr: string): string {
  return stderr
    .split("\n")
    .filter((line) => !/^(Warning: |YOLO mode|\[STARTUP\]|MCP issues|\s+at )/.test(line))
    .join("\n");
}
