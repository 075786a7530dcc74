import { isNumbered } from "../core/pick-option.ts";
import { plainLine, plainText } from "../core/plain-text.ts";
import type { Question } from "../core/question.ts";
import { type RunState, openQuestions } from "../core/run-state.ts";
import { answeredWords, commands } from "./commands.ts";
import { cut, wrap } from "./fit.ts";
import { type Paint, createPaint } from "./paint.ts";
import { otherDefault, shownOptions } from "./shown-options.ts";

type Room = { width: number; paint: Paint; answered: ReadonlyMap<number, string>; run: string };

/** What `agentx questions` prints: every open question in full, with its options and the command that answers it. */
export function renderQuestions({
  state,
  answered,
  width,
  colors,
}: {
  state: RunState;
  /** Question → its answer, where no dispatcher has taken it yet. */
  answered: ReadonlyMap<number, string>;
  width: number;
  colors: boolean;
}): string {
  const questions = openQuestions(state);
  if (questions.length === 0) return cut(`no open questions in run ${plainLine(state.run)}`, width);
  const room = { width, paint: createPaint(colors), answered, run: state.run };
  return questions.map((question) => renderQuestion(question, room).join("\n")).join("\n\n");
}

function renderQuestion(question: Question, { width, paint, answered, run }: Room): string[] {
  const { id, task, text } = question;
  const about = task === null ? "the run" : plainLine(task);
  const lines = [cut(`${paint.ask(`? ${id}`)}  ${paint.strong(about)}`, width)];
  const say = (line: string): void => {
    for (const part of wrap(line, width - indent.length)) lines.push(indent + part);
  };
  for (const line of plainText(text).trim().split("\n")) say(line.replaceAll("\t", "  "));
  const bullet = isNumbered(question) ? "" : "- ";
  for (const words of shownOptions(question)) say(bullet + words);
  for (const words of otherDefault(question)) say(words);
  const answer = answered.get(id);
  if (answer === undefined) lines.push(cut(indent + paint.quiet(commands.answer(id)), width));
  else say(answeredWords(answer, run));
  return lines;
}

const indent = "     ";
