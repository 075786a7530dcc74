/** Who asks for more than a day is the person's matter. */
const longestPauseMs = 24 * 3_600_000;

/** Whether a provider's word of when it may be asked again is one to go by. */
export function isWorthWaiting(waitMs: number | null): waitMs is number {
  return waitMs !== null && waitMs <= longestPauseMs;
}
