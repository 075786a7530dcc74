import type { RunEvent } from "../core/event.ts";
import { eventsOfTask } from "../core/events-of-task.ts";
import { plainLine, plainText } from "../core/plain-text.ts";
import { renderEventLine } from "./event-line.ts";
import { wrap, wrapIndented } from "./fit.ts";
import { type Paint, createPaint } from "./paint.ts";

/** A message of a worker's conversation, as plain data. */
type TranscriptMessage = { role: string; text: string; calls: readonly string[] };

export type TaskLog = {
  task: string;
  /** The run's events; those of the task, and its questions' answers, are picked out. */
  events: readonly RunEvent[];
  transcript: readonly TranscriptMessage[];
  width: number;
  colors: boolean;
};

/** What `agentx log <task>` prints: what happened to a task, then what its worker and the model said to each other. */
export function renderTaskLog({ task, events, transcript, width, colors }: TaskLog): string {
  const paint = createPaint(colors);
  const lines: string[] = [];
  for (const event of eventsOfTask(events, task)) {
    lines.push(...hanging(renderEventLine(event, { column: plainLine(task).length, paint }), width));
  }
  if (lines.length === 0) lines.push(...wrap(`nothing has happened to ${plainLine(task)} yet`, width));
  for (const message of transcript) lines.push("", ...renderMessage(message, { width, paint }));
  return lines.join("\n");
}

/** Long lines go on under the text, not under the time. */
function hanging(line: string, width: number): string[] {
  const indent = " ".repeat("00:00:00 ".length);
  const [first = "", ...rest] = wrap(line, Math.max(1, width - indent.length));
  return [first, ...rest.map((part) => indent + part)];
}

function renderMessage(
  { role, text, calls }: TranscriptMessage,
  { width, paint }: { width: number; paint: Paint },
): string[] {
  const room = Math.max(1, width - 2);
  const said = plainText(text).replaceAll("\t", "  ").trim();
  const body = said === "" ? [] : said.split("\n").flatMap((line) => wrapIndented(line, room));
  const called = calls
    .flatMap((call) => wrap(`→ ${plainLine(call)}`, room, 2))
    .map((line) => paint.busy(line));
  return [paint.strong(plainLine(role)), ...[...body, ...called].map((line) => `  ${line}`)];
}
