import { plainLine, plainText } from "../core/plain-text.ts";
import type { Question } from "../core/question.ts";
import { type RunState, openQuestions } from "../core/run-state.ts";
import { commands } from "./commands.ts";
import { cut, wrap } from "./fit.ts";
import { type Paint, createPaint } from "./paint.ts";

type Room = { width: number; paint: Paint };

/** What `agentx questions` prints: every open question in full, with its options and the command that answers it. */
export function renderQuestions({
  state,
  width,
  colors,
}: {
  state: RunState;
  width: number;
  colors: boolean;
}): string {
  const questions = openQuestions(state);
  if (questions.length === 0) return cut(`no open questions in run ${plainLine(state.run)}`, width);
  const room = { width, paint: createPaint(colors) };
  return questions.map((question) => renderQuestion(question, room).join("\n")).join("\n\n");
}

function renderQuestion(
  { id, task, text, options, default: fallback }: Question,
  { width, paint }: Room,
): string[] {
  const about = task === null ? "the run" : plainLine(task);
  const lines = [cut(`${paint.ask(`? ${id}`)}  ${paint.strong(about)}`, width)];
  const say = (line: string): void => {
    for (const part of wrap(line, width - indent.length)) lines.push(indent + part);
  };
  for (const line of plainText(text).trim().split("\n")) say(line.replaceAll("\t", "  "));
  for (const option of options) say(`- ${plainLine(option)}${option === fallback ? " (default)" : ""}`);
  if (fallback !== null && !options.includes(fallback)) say(`default: ${plainLine(fallback)}`);
  lines.push(cut(indent + paint.quiet(commands.answer(id)), width));
  return lines;
}

const indent = "     ";
