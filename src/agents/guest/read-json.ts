import type { z } from "zod";

/** A line as the schema wants it, or null: programs also print what is no event, and events that nobody here needs. */
export function readJson<T>(schema: z.ZodType<T>, line: string): T | null {
  if (!line.startsWith("{")) return null;
  try {
    return schema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    // Half a line of a program that was killed.
    return null;
  }
}
