import { optionWords } from "../core/pick-option.ts";
import { plainLine } from "../core/plain-text.ts";
import type { Question } from "../core/question.ts";

/** A question's options as a person is shown them: with their numbers, and a mark at the one that is taken by default. */
export function shownOptions(question: Question): string[] {
  return optionWords(question).map((words, index) => {
    const mark = question.options[index] === question.default ? " (default)" : "";
    return plainLine(words) + mark;
  });
}

/** A default that is none of the options, in words; empty where there is none such. */
export function otherDefault({ options, default: fallback }: Question): string[] {
  return fallback === null || options.includes(fallback) ? [] : [`default: ${plainLine(fallback)}`];
}
