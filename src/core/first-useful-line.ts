import { plainLine, plainText } from "./plain-text.ts";
import type { GateVerdict } from "./verdict.ts";

/** What to look at first in a red gate's output: a complaint with its place in a file, in one line or two; else any line. */
export function firstUsefulLine(verdict: GateVerdict): string {
  if (verdict.type === "passed") return "";
  const reason = verdict.type !== "failed" ? plainLine(verdict.reason) : "";
  const lines = plainText(verdict.excerpt)
    .split("\n")
    .map((line) => plainLine(line.slice(0, longestLine)))
    .filter((line) => line !== "");
  const at = lines.findIndex((line) => place.test(line));
  const where = lines[at] ?? "";
  const what = lines.slice(at + 1).find((line) => complaint.test(line)) ?? "";
  const found = complaint.test(where) ? [where] : [where, what].filter((part) => part !== "");
  return [
    reason,
    ...(found.length > 0 ? found : [lines.find((line) => !banner.test(line)) ?? lines[0] ?? ""]),
  ]
    .filter((part) => part !== "")
    .join(": ");
}

/** Longer lines are data, not messages; it also bounds what the patterns below look at. */
const longestLine = 400;
/** What npm and its like say before a script: its package and its command. */
const banner = /^> /;
const place = /\.\w{1,8}[:(]\d+/;
const complaint = /error|fail|expected|assert|not ok|✗|×/i;
