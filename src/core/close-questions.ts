import type { Question } from "./question.ts";
import { openQuestions, type RunState } from "./run-state.ts";

/** Nobody need answer these any more. */
export function closeQuestions(
  draft: RunState,
  { isMeant, answer }: { isMeant: (question: Question) => boolean; answer: string },
): void {
  const closed = openQuestions(draft).filter(isMeant);
  if (closed.length === 0) return;
  draft.questions = new Map([
    ...draft.questions,
    ...closed.map((question) => [question.id, { question, answer }] as const),
  ]);
}

export function closeQuestionsOf(draft: RunState, task: string): void {
  closeQuestions(draft, { isMeant: (question) => question.task === task, answer: "" });
}
