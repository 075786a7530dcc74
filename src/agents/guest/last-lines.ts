/** The last lines of what a program said, short enough for a message. */
export function lastLines(text: string, maxLength = 600): string {
  const lines = text.trim().split(/\r?\n/).slice(-8);
  return lines.join("\n").slice(-maxLength).trim();
}
