import type { Assignment } from "./event.ts";

/** What the work is about: an answer to "how go on?" goes on with what was about to be done. */
export function workOf(assignment: Assignment): Assignment {
  return assignment.type === "answer" && assignment.after !== null ? workOf(assignment.after) : assignment;
}

/** The tip that both sides are to be brought together on, or null when there is nothing to merge. */
export function mergesOnto(assignment: Assignment): string | null {
  const work = workOf(assignment);
  return work.type === "conflict" || work.type === "mergeGates" ? work.onto : null;
}
