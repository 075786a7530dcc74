import type { RunEvent } from "./event.ts";

/** The events about a task, its questions and their answers included, in the journal's order. */
export function eventsOfTask(events: readonly RunEvent[], task: string): RunEvent[] {
  const questions = new Set<number>();
  return events.filter((event) => {
    if (event.type === "question.answered") return questions.has(event.answer.question);
    if (event.type !== "question.asked") return "task" in event && event.task === task;
    if (event.question.task !== task) return false;
    questions.add(event.question.id);
    return true;
  });
}
