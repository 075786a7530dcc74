import type { Ending } from "./orders.ts";

/** In words that follow the program's name. */
export function howEnded(ending: Ending): string {
  if (ending.type === "exited") return `ended with exit code ${ending.exitCode}`;
  return ending.type === "signaled"
    ? `was ended by signal ${ending.signal}`
    : `was not started: ${ending.message}`;
}
