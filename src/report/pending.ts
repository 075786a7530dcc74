import { plainLine } from "../core/plain-text.ts";
import { wrap } from "./fit.ts";
import { createPaint } from "./paint.ts";

/** What somebody asked for and no dispatcher has taken yet; an answer is shown with its question. */
type PendingRequest =
  | { type: "note"; task: string; text: string }
  | { type: "cancel"; task: string }
  | { type: "retry"; task: string; note: string };

/** The requests that wait for the run to go on; empty when there are none. */
export function renderPending(
  requests: readonly PendingRequest[],
  look: { width: number; colors: boolean },
): string {
  if (requests.length === 0) return "";
  const paint = createPaint(look.colors);
  const lines = requests.flatMap((request) => wrap(`- ${describeRequest(request)}`, look.width - 2));
  return [paint.strong("Takes effect when the run goes on:"), ...lines.map((line) => `  ${line}`)].join("\n");
}

function describeRequest(request: PendingRequest): string {
  switch (request.type) {
    case "note":
      return `note for ${plainLine(request.task)}: ${plainLine(request.text)}`;
    case "cancel":
      return `cancel ${plainLine(request.task)}`;
    case "retry":
      return `retry ${plainLine(request.task)}${request.note === "" ? "" : `: ${plainLine(request.note)}`}`;
  }
}
