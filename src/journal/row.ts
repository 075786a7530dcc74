import type { crc32 } from "node:zlib";

import { damaged } from "./failure.ts";

let loaded: typeof crc32 | null = null;

/** With node:zlib come all of Node's streams, which is more than a status loads besides: whoever checks nothing waits for none. */
function loadCrc32(): typeof crc32 {
  return process.getBuiltinModule("node:zlib").crc32;
}

/** SQLite does not notice a flipped bit inside a value, so every row carries the checksum of what it says. */
export function rowCheck(parts: readonly (string | number)[], previous = 0): number {
  loaded ??= loadCrc32();
  return loaded(parts.join("\u0000"), previous);
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
