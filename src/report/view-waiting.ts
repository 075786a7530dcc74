import { isNumbered } from "../core/pick-option.ts";
import { plainLine } from "../core/plain-text.ts";
import type { Question } from "../core/question.ts";
import { openQuestions, type RunState } from "../core/run-state.ts";
import { answeredWords, commands } from "./commands.ts";
import { describePause } from "./describe-run.ts";
import { cut, wrap } from "./fit.ts";
import type { Paint } from "./paint.ts";
import { otherDefault, shownOptions } from "./shown-options.ts";
import { type View, margin } from "./view-input.ts";

/** What of a view it needs. */
type Waiting = Pick<View, "width" | "isGoing" | "answered" | "prompt"> & {
  state: Pick<RunState, "run" | "hold" | "pauses" | "questions">;
};

type Room = { rows: number; paint: Paint };

/** Everything that waits for the person: models out of reach, then the open questions, oldest first. */
export function renderWaiting(view: Waiting, { rows, paint }: Room): string[] {
  const questions = openQuestions(view.state);
  const isAsked = questions.some((question) => question.kind === "provider");
  const hold = [...(isAsked ? [] : renderHold(view, paint)), ...renderPauses(view, paint)];
  if (questions.length === 0) return hold;
  const width = view.width - margin(view.width).length;
  const full = questions.map((question) => renderQuestion(question, { view, width, paint }));
  const lines = full.flat();
  const room = Math.max(1, rows - hold.length);
  const body = lines.length <= room ? lines : renderCrowded(view, { rows: room, paint });
  return [...hold, ...body.map((line) => margin(view.width) + line)];
}

function renderHold({ state, width }: Waiting, paint: Paint): string[] {
  if (state.hold === null) return [];
  const text = `! no model can be reached: ${plainLine(state.hold.reason)}`;
  const hint = plainLine(state.hold.hint);
  const space = margin(width);
  const lines = wrap(text, width - space.length, 2).map((line) => paint.bad(line));
  if (hint !== "") lines.push(cut(`  ${hint}`, width - space.length));
  return lines.map((line) => space + line);
}

/** Providers that asked to be left alone for a while: nobody need do anything. */
function renderPauses({ state, width, isGoing }: Waiting, paint: Paint): string[] {
  const space = margin(width);
  const ending = isGoing ? "" : "; a resume asks it at once";
  return [...state.pauses].flatMap(([provider, { until, reason }]) => {
    if (until === null) return [];
    const text = `! ${describePause({ provider, until })}${ending}: ${plainLine(reason)}`;
    return wrap(text, width - space.length, 2).map((line) => space + paint.ask(line));
  });
}

function renderQuestion(
  question: Question,
  { view, width, paint }: { view: Waiting; width: number; paint: Paint },
): string[] {
  const head = `? ${question.id}`;
  const indent = " ".repeat(head.length + 2);
  const who = question.task === null ? "" : `${plainLine(question.task)}: `;
  const text = wrap(who + plainLine(question.text), width - indent.length, 3);
  const rest = [
    ...renderOptions(question, width - indent.length),
    ...renderWayToAnswer(question, { view, width, paint }),
  ];
  const [first = "", ...more] = text;
  return [
    `${paint.ask(head)}  ${paint.strong(first)}`,
    ...more.map((line) => indent + paint.strong(line)),
    ...rest.map((line) => indent + line),
  ];
}

function renderOptions(question: Question, width: number): string[] {
  const parts = [...shownOptions(question), ...otherDefault(question)];
  return parts.length === 0 ? [] : wrap(parts.join("  ·  "), width, 2);
}

type Way = { view: Waiting; width: number; paint: Paint };

function renderWayToAnswer(question: Question, { view, width, paint }: Way): string[] {
  const { id } = question;
  const answer = view.answered.get(id);
  if (answer !== undefined) return wrap(answeredWords(answer, view.state.run), width - `? ${id}  `.length, 2);
  const room = width - `? ${id}  `.length;
  if (view.prompt?.question !== id) return [paint.quiet(cut(commands.answer(id), room))];
  if (view.prompt.typed === "") {
    const how = isNumbered(question) ? "a number or your own words, then Enter" : "your answer, then Enter";
    return [cut(`${paint.ask("›")} ▏${paint.quiet(how)}`, room)];
  }
  // The end of what is typed has to be seen, so a long answer loses its beginning.
  const typed = plainLine(view.prompt.typed);
  const shown = typed.length > room - 4 ? `…${typed.slice(-Math.max(1, room - 6))}` : typed;
  const { refused } = view.prompt;
  const why = refused === null ? "" : `  ${paint.bad(`${plainLine(refused)}: a number or your own words`)}`;
  return [cut(`${paint.ask("›")} ${shown}▏${why}`, room)];
}

/** Too many questions for the screen: a line each, and where the rest can be read. The one that is asked goes before all. */
function renderCrowded(view: Waiting, { rows, paint }: Room): string[] {
  const width = view.width - margin(view.width).length;
  const questions = openQuestions(view.state);
  const asked = questions.find(({ id }) => id === view.prompt?.question);
  if (asked !== undefined) return renderAsked(asked, { view, width, paint, rows });
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

/** As much of a question as there are rows for: the line that one types at first of all, then what is asked, then its options. */
function renderAsked(question: Question, { rows, ...way }: Way & { rows: number }): string[] {
  const { view, width, paint } = way;
  const full = renderQuestion(question, way);
  const more = openQuestions(view.state).length - 1;
  const rest = more > 0 ? [paint.quiet(cut(`… ${more} more: ${commands.questions}`, width))] : [];
  if (full.length <= rows) return [...rest, ...full].slice(-rows);
  const indent = " ".repeat(`? ${question.id}  `.length);
  const room = width - indent.length;
  const who = question.task === null ? "" : `${plainLine(question.task)}: `;
  const text = cut(who + plainLine(question.text), room);
  const options = renderOptions(question, room);
  return [
    `${paint.ask(`? ${question.id}`)}  ${paint.strong(text)}`,
    ...options.map((line) => indent + line).slice(0, Math.max(0, rows - 2)),
    indent + (renderWayToAnswer(question, way)[0] ?? ""),
  ].slice(-rows);
}
