import type { RecordedAnswer } from "./cassette.ts";

export type Wanted = Pick<RecordedAnswer, "label" | "model" | "api" | "request">;

/**
 * The place of the answer that belongs to a request, or null. Of those with its label, model and operation: the one
 * to the very same request; else to one that ends in the same message; else to one as long, with as many tools; else
 * to one as long. Of equals the first recorded, and before one that its client did not wait for.
 *
 * Where a recorded run was resumed in the middle of a job, the job's conversation went on otherwise than it does without
 * the interruption: longer by the news of it, or begun anew. So what was recorded from there on comes in its order. Pure.
 */
export function pickAnswer(
  answers: readonly RecordedAnswer[],
  wanted: Wanted,
  isUsed: (index: number) => boolean,
): number | null {
  const begun = answers.find((answer) => isForSame(answer, wanted))?.part ?? 0;
  let best: { index: number; rank: number } | null = null;
  for (const [index, answer] of answers.entries()) {
    if (isUsed(index) || !isForSame(answer, wanted)) continue;
    const isAfterBreak = (answer.part ?? 0) !== begun;
    const likeness = isAfterBreak
      ? likenessLater(answer, wanted)
      : likenessOf(answer.request, wanted.request);
    if (likeness === 0) continue;
    const rank = likeness * 2 + (answer.end === "left" ? 0 : 1);
    if (best === null || rank > best.rank) best = { index, rank };
  }
  return best?.index ?? null;
}

function isForSame(answer: RecordedAnswer, { label, model, api, request }: Wanted): boolean {
  return (
    answer.label === label &&
    answer.model === model &&
    answer.api === api &&
    answer.request.operation === request.operation
  );
}

function likenessOf(one: RecordedAnswer["request"], other: RecordedAnswer["request"]): number {
  if (one.hash === other.hash) return 5;
  if (one.turns !== other.turns) return 0;
  if (one.tail === other.tail) return 4;
  return one.tools === other.tools ? 3 : 2;
}

function likenessLater({ request, status }: RecordedAnswer, { request: other }: Wanted): number {
  if (request.hash === other.hash) return 5;
  // A refusal may be about the interruption itself: some programs put a session together wrongly when they go on with it.
  if (status >= 400) return 0;
  // Calls on the side, as for a title, have no tools.
  return request.tools > 0 === other.tools > 0 ? 1 : 0;
}
