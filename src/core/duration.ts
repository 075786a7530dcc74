const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `500ms`, `90s`, `10m`, `2h`. A bare number is refused, since nobody could tell its unit. */
export const durationPattern: RegExp = /^([1-9]\d{0,5})(ms|s|m|h)$/;

export function isDuration(text: string): boolean {
  return durationPattern.test(text);
}

/** Milliseconds. @param text fits `durationPattern` */
export function parseDuration(text: string): number {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  if (factor === undefined) throw new Error(`not a duration: ${text}`);
  return Number(amount) * factor;
}

/** The shortest text that parses back to the same time. */
export function formatDuration(ms: number): string {
  const unit = ["h", "m", "s"].find((name) => ms % (units[name] ?? 1) === 0) ?? "ms";
  return `${ms / (units[unit] ?? 1)}${unit}`;
}
