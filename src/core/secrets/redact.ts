import type { FindSecrets } from "./find-secrets.ts";
import type { SecretPlace } from "./secret-place.ts";

/** The text with `[redacted <kind>]` in the place of each secret; the very same text where there is none. */
export function redactWith(find: FindSecrets, text: string): string {
  const places = find(text);
  return places.length === 0 ? text : replacePlaces(text, places);
}

function replacePlaces(text: string, places: readonly SecretPlace[]): string {
  let clean = "";
  let from = 0;
  for (const { kind, start, end } of places) {
    clean += `${text.slice(from, start)}[redacted ${kind}]`;
    from = end;
  }
  return clean + text.slice(from);
}

/** A value as JSON that holds no secret; where there is none, that is one pass over its text and nothing else. */
export function redactedJson<T>(find: FindSecrets, value: T): { value: T; text: string } {
  const text = JSON.stringify(value);
  if (find(text).length === 0) return { value, text };
  const clean = redactDeep(find, value) as T;
  return { value: clean, text: JSON.stringify(clean) };
}

function redactDeep(find: FindSecrets, value: unknown): unknown {
  if (typeof value === "string") return redactWith(find, value);
  if (Array.isArray(value)) return value.map((item) => redactDeep(find, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redactWith(find, key), redactDeep(find, item)]),
  );
}

/** What may be a secret cut in two is held back: longer than any secret in any form. */
const holdLength = 16 * 1024;

/** Text that comes in chunks, cut anywhere; never more than two such lengths and a chunk are held. */
export type RedactStream = { push: (chunk: string) => string; end: () => string };

export function redactStream(find: FindSecrets): RedactStream {
  let held = "";
  return {
    push: (chunk) => {
      held += chunk;
      if (held.length < 2 * holdLength) return "";
      const places = find(held);
      // Before the last stretch everything is whole, but for a secret that reaches into it.
      const safe = held.length - holdLength;
      const across = places.find(({ start, end }) => start < safe && end > safe);
      // One that is longer than all that is held goes out as far as it is known.
      const cut = across === undefined ? safe : across.start === 0 ? across.end : across.start;
      const ready = replacePlaces(
        held.slice(0, cut),
        places.filter(({ end }) => end <= cut),
      );
      held = held.slice(cut);
      return ready;
    },
    end: () => {
      const rest = redactWith(find, held);
      held = "";
      return rest;
    },
  };
}
