/**
 * A short name for a run: base 36 of the seconds since 2026 and three random characters, so names sort by time,
 * read well in a branch, and do not repeat.
 * @param random in [0, 1)
 */
export function newRunId(now: number, random: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.UTC(2026, 0, 1)) / 1000));
  const tail = Math.floor(random * 36 ** 3);
  return `${seconds.toString(36)}${tail.toString(36).padStart(3, "0")}`;
}
