import { plainLine } from "../core/plain-text.ts";
import type { Question } from "../core/question.ts";
import { openQuestions } from "../core/run-state.ts";
import { commands } from "./commands.ts";
import { cut, wrap } from "./fit.ts";
import type { Paint } from "./paint.ts";
import { type View, margin } from "./view-input.ts";

type Room = { rows: number; paint: Paint };

/** Everything that waits for the person: models out of reach, then the open questions, oldest first. */
export function renderWaiting(view: View, { rows, paint }: Room): string[] {
  const questions = openQuestions(view.state);
  const isAsked = questions.some((question) => question.kind === "provider");
  const hold = isAsked ? [] : renderHold(view, paint);
  if (questions.length === 0) return hold;
  const width = view.width - margin(view.width).length;
  const full = questions.map((question) => renderQuestion(question, { view, width, paint }));
  const lines = full.flat();
  const room = Math.max(1, rows - hold.length);
  const body = lines.length <= room ? lines : renderCrowded(view, { rows: room, paint });
  return [...hold, ...body.map((line) => margin(view.width) + line)];
}

function renderHold({ state, width }: View, paint: Paint): string[] {
  if (state.hold === null) return [];
  const text = `! no model can be reached: ${plainLine(state.hold.reason)}`;
  const hint = plainLine(state.hold.hint);
  const space = margin(width);
  const lines = wrap(text, width - space.length, 2).map((line) => paint.bad(line));
  if (hint !== "") lines.push(cut(`  ${hint}`, width - space.length));
  return lines.map((line) => space + line);
}

function renderQuestion(
  question: Question,
  { view, width, paint }: { view: View; width: number; paint: Paint },
): string[] {
  const head = `? ${question.id}`;
  const indent = " ".repeat(head.length + 2);
  const who = question.task === null ? "" : `${plainLine(question.task)}: `;
  const text = wrap(who + plainLine(question.text), width - indent.length, 3);
  const rest = [
    ...renderOptions(question, {
      width: width - indent.length,
      isAsked: view.prompt?.question === question.id,
    }),
    ...renderWayToAnswer(question, { view, width, paint }),
  ];
  const [first = "", ...more] = text;
  return [
    `${paint.ask(head)}  ${paint.strong(first)}`,
    ...more.map((line) => indent + paint.strong(line)),
    ...rest.map((line) => indent + line),
  ];
}

/** Numbered where a number is an answer, which is in the view itself. */
function renderOptions(
  { options }: Question,
  { width, isAsked }: { width: number; isAsked: boolean },
): string[] {
  if (options.length === 0) return [];
  const texts = options.map((option, index) =>
    isAsked ? `${index + 1} ${plainLine(option)}` : plainLine(option),
  );
  return wrap(texts.join("  ·  "), width, 2);
}

type Way = { view: View; width: number; paint: Paint };

function renderWayToAnswer({ id, options }: Question, { view, width, paint }: Way): string[] {
  const room = width - `? ${id}  `.length;
  if (view.prompt?.question !== id) return [paint.quiet(cut(commands.answer(id), room))];
  if (view.prompt.typed === "") {
    const how = options.length > 0 ? "a number or your own words, then Enter" : "your answer, then Enter";
    return [cut(`${paint.ask("›")} ▏${paint.quiet(how)}`, room)];
  }
  // The end of what is typed has to be seen, so a long answer loses its beginning.
  const typed = plainLine(view.prompt.typed);
  const shown = typed.length > room - 4 ? `…${typed.slice(-Math.max(1, room - 6))}` : typed;
  return [cut(`${paint.ask("›")} ${shown}▏`, room)];
}

/** Too many questions for the screen: a line each, and where the rest can be read. */
function renderCrowded(view: View, { rows, paint }: Room): string[] {
  const width = view.width - margin(view.width).length;
  const questions = openQuestions(view.state);
  const shown = questions.slice(0, Math.max(1, rows - 1));
  const lines = shown.map(({ id, task, text }) => {
    const who = task === null ? "" : `${plainLine(task)}: `;
    return cut(`${paint.ask(`? ${id}`)}  ${who}${plainLine(text)}`, width);
  });
  if (rows < 2) return lines;
  const more = questions.length - shown.length;
  const where = more > 0 ? `… ${more} more: ${commands.questions}` : commands.questions;
  return [...lines, paint.quiet(cut(`${where} · ${commands.answer("<n>")}`, width))];
}
