import { crc32 } from "node:zlib";

import { damaged } from "./failure.ts";

/** SQLite does not notice a flipped bit inside a value, so every row carries the checksum of what it says. */
export function rowCheck(parts: readonly (string | number)[], previous = 0): number {
  return crc32(parts.join("\u0000"), previous);
}

/** @throws AgentxError JOURNAL_DAMAGED when a value has another type than the schema promises. */
export function textOf(file: string, value: unknown): string {
  if (typeof value !== "string") throw damaged(file, "a text is missing");
  return value;
}

/** @throws AgentxError JOURNAL_DAMAGED when a value has another type than the schema promises. */
export function numberOf(file: string, value: unknown): number {
  if (typeof value !== "number") throw damaged(file, "a number is missing");
  return value;
}
