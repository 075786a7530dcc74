import { canRetry } from "../core/apply-retry.ts";
import type { EventBody } from "../core/event.ts";
import { hasEnded, type RunState } from "../core/run-state.ts";
import type { RequestBody } from "../journal/request.ts";

/** The facts that a request makes; none when it came too late to matter. */
export function eventsOf(request: RequestBody, state: RunState): EventBody[] {
  if (request.type === "answer") {
    const entry = state.questions.get(request.question);
    if (!entry || entry.answer !== null) return [];
    return [
      { type: "question.answered", answer: { question: request.question, text: request.text, by: "person" } },
    ];
  }
  const record = state.tasks.get(request.task);
  if (!record) return [];
  switch (request.type) {
    case "note":
      return hasEnded(record.state) ? [] : [{ type: "note.added", task: request.task, text: request.text }];
    case "cancel": {
      const isLanding = record.state.type === "merging" && record.state.step === "landing";
      return hasEnded(record.state) || isLanding ? [] : [{ type: "task.canceled", task: request.task }];
    }
    case "retry":
      return canRetry(record) ? [{ type: "task.retried", task: request.task, note: request.note }] : [];
  }
}
