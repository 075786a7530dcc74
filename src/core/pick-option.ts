import type { Question } from "./question.ts";

type Choices = Pick<Question, "kind" | "options">;

/** What the person's words mean as an answer; refused is a lone number that no option has. */
export type Picked = { type: "answer"; text: string } | { type: "refused" };

/** Whether a lone number names an option: to a question about the budget it is the amount. */
export function isNumbered({ kind, options }: Choices): boolean {
  return kind !== "budget" && options.length > 0;
}

export function pickOption(question: Choices, text: string): Picked {
  const words = text.trim();
  if (!isNumbered(question) || !/^\d+$/.test(words)) return { type: "answer", text: words };
  const option = question.options[Number(words) - 1];
  return option === undefined ? { type: "refused" } : { type: "answer", text: option };
}

/** The options as they are shown: with the number that picks them, where one does. */
export function optionWords(question: Choices): string[] {
  return isNumbered(question)
    ? question.options.map((option, index) => `${index + 1} ${option}`)
    : question.options;
}
