/** A tool call's arguments as they arrived: an object, or the raw text where they are none. */
export function readArguments(text: string): { input: Record<string, unknown>; invalid?: string } {
  if (text.trim() === "") return { input: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { input: value };
  } catch {
    // Told to the model through `invalid`.
  }
  return { input: {}, invalid: text };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
