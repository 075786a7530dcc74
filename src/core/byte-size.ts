const units: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** `512m`, `8g`. A bare number is refused, since nobody could tell its unit. */
export const byteSizePattern: RegExp = /^([1-9]\d{0,5})([kmgt])$/;

/** Bytes. @param text fits `byteSizePattern` */
export function parseByteSize(text: string): number {
  const [, amount, unit] = byteSizePattern.exec(text) ?? [];
  const factor = unit === undefined ? undefined : units[unit];
  if (factor === undefined) throw new Error(`not a size: ${text}`);
  return Number(amount) * factor;
}

/** The shortest text that parses back to the same size; of what is no whole number of kilobytes, the next lower one. */
export function formatByteSize(bytes: number): string {
  const unit = ["t", "g", "m"].find((name) => bytes % (units[name] ?? 1) === 0) ?? "k";
  return `${Math.floor(bytes / (units[unit] ?? 1))}${unit}`;
}
