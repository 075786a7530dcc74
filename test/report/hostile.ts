/** Clears the screen, writes the clipboard, reverses what is read, hides an instruction: what a model may not do to a terminal. */
export const hostile =
  "\u001b[2J\u001b]52;c;ZXZpbA==\u0007\u009b2J\u009d0;x\u009c\u202eevil\u2066\r\u0000\u0008\u2028\u{e0041}\u001b]0;open";

/** What may not be in a report; a line end may. */
export const forbidden: RegExp = /(?!\n)\p{Cc}|\p{Bidi_Control}|[\u{e0000}-\u{e007f}]/u;

/** Words that come from agentx itself, so that poison in them is no case. */
const discriminants = new Set(["type", "on", "kind", "severity", "role", "step", "format", "by", "api"]);

/** The same data with {@link hostile} text in every string that a model, a file or a person could have written. */
export function poisoned<T>(value: T, key: string = ""): T {
  return poison(value, key) as T;
}

function poison(value: unknown, key: string): unknown {
  if (typeof value === "string") return discriminants.has(key) ? value : `${value}${hostile}`;
  if (Array.isArray(value)) return value.map((item) => poison(item, key));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, name)]));
}
