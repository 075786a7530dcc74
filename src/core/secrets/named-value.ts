import { isExample, type Pattern } from "./pattern-probe.ts";

/** `DEPLOY_TOKEN=…`, `apiKey: "…"`: what is named as a secret and looks as if nobody had thought it up. */
export const namedValue: Pattern = {
  kind: "secret",
  anchors: [
    "apikey",
    "api_key",
    "api-key",
    "accesskey",
    "access_key",
    "access-key",
    "accountkey",
    "account_key",
    "secret",
    "token",
    "passwd",
    "password",
    "privatekey",
    "private_key",
    "credential",
  ],
  isInside: true,
  source:
    "(?:a(?:pi|ccess|ccount)[_-]?key|secret|token|passwo?r?d|private_?key|credentials?)[\\w-]{0,24}" +
    "\\\\{0,3}[\"'`]?\\s{0,3}(?::=|=>|[=:])\\s{0,3}\\\\{0,3}[\"'`]?" +
    "([A-Za-z0-9+/_~.-]{20,256}={0,2})(?![\\w(\\[{<$=+/@-])",
  flags: "i",
  isReal: (value) => !isExample(value) && isRandom(value),
};

/** Words, paths, versions and identifiers of code have long runs of letters and few digits. */
function isRandom(value: string): boolean {
  const digits = value.replace(/\D/g, "").length;
  if (digits < 2 || /^[\d.+-]+$/.test(value) || isUuid(value)) return false;
  // A hash in hex: long enough for a key, too long for a short commit.
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= 32 && entropy(value) > 3;
  if (/[a-z]{9}|[A-Za-z]{16}/.test(value)) return false;
  const isMixed = /[a-z]/.test(value) && /[A-Z]/.test(value);
  return entropy(value) > (isMixed ? 3.7 : 3.9);
}

function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

/** Bits for each character, after Shannon. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
