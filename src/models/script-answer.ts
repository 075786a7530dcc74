import type { Message } from "./model.ts";
import type { ScriptTurn } from "./script.ts";

/**
 * A turn with what the person answered last in the place of `{{answer}}`, and as a JSON string, which is one in most
 * languages, in the place of `{{answerAsJson}}`. So a scripted worker can do what it was told.
 */
export function fillAnswer(turn: ScriptTurn, messages: readonly Message[]): ScriptTurn {
  const answer = lastAnswer(messages);
  if (answer === null) return turn;
  // Inside out, so that text stays text whatever the answer contains.
  const fill = (value: unknown): unknown => {
    if (typeof value === "string") {
      return value.replaceAll(/\{\{(answer|answerAsJson)\}\}/g, (_, name) =>
        name === "answer" ? answer : JSON.stringify(answer),
      );
    }
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fill(inner)]));
  };
  return fill(turn) as ScriptTurn;
}

const saysAnswer = "\nThe person answers: ";

/** The loop answers an `ask` with the question and the person's words. */
function lastAnswer(messages: readonly Message[]): string | null {
  const results = messages.flatMap((message) => (message.role === "tool" ? message.results : []));
  const text = results.findLast(({ name, text: said }) => name === "ask" && said.includes(saysAnswer))?.text;
  if (text === undefined) return null;
  return text.slice(text.lastIndexOf(saysAnswer) + saysAnswer.length);
}
