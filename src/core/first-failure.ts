/** What failed first, where closing after a failure failed as well: the rest follows from it. */
export function firstFailure(error: unknown): unknown {
  let first = error;
  while (first instanceof SuppressedError) first = first.suppressed;
  return first;
}
