import type { RecordedAnswer } from "./cassette.ts";

export type Wanted = Pick<RecordedAnswer, "label" | "model" | "api" | "request">;

/**
 * The place of the answer that belongs to a request, or null. Of those with its label, model and operation: the one
 * to the very same request; else to one that ends in the same message; else to one as long, with as many tools; else
 * to one as long. Of equals the first recorded, and before one that its client did not wait for. Pure.
 */
export function pickAnswer(
  answers: readonly RecordedAnswer[],
  wanted: Wanted,
  isUsed: (index: number) => boolean,
): number | null {
  let best: { index: number; rank: number } | null = null;
  for (const [index, answer] of answers.entries()) {
    if (isUsed(index) || !isForSame(answer, wanted)) continue;
    const likeness = likenessOf(answer.request, wanted.request);
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
  if (one.hash === other.hash) return 4;
  if (one.turns !== other.turns) return 0;
  if (one.tail === other.tail) return 3;
  return one.tools === other.tools ? 2 : 1;
}
