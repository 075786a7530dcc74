import type { Role } from "../core/plan.ts";

/** The line that says which task a conversation is about; it stands in its first user message, and scripted models read it. */
export function taskTag({ id, role, attempt }: { id: string; role: Role; attempt: number }): string {
  return `<task id="${id}" role="${role}" attempt="${attempt}">`;
}
