import type { Probe } from "./secret-place.ts";

export type Pattern = {
  kind: string;
  anchors: readonly string[];
  /** Begins at the anchor, and is bounded: no part of a text is read more often than a few times. */
  source: string;
  flags?: string;
  /** The pattern begins so many characters before the anchor. */
  back?: number;
  /** What comes before may be part of the same word. */
  isInside?: boolean;
  /** The last judge of what was matched; the first group is the secret where there is one. */
  isReal?: (secret: string, match: RegExpExecArray) => boolean;
};

export function patternProbes(pattern: Pattern): Probe[] {
  const { kind, anchors, source, flags = "", back = 0, isInside = false } = pattern;
  const isReal = pattern.isReal ?? ((secret: string): boolean => !isExample(secret));
  const expression = new RegExp(source, `${flags}y`);
  const find = (text: string, anchorAt: number): { start: number; end: number } | null => {
    const at = anchorAt - back;
    if (at < 0 || (!isInside && isWithinWord(text, at))) return null;
    expression.lastIndex = at;
    const match = expression.exec(text);
    if (match === null) return null;
    const secret = match[1] ?? match[0];
    if (!isReal(secret, match)) return null;
    const start = at + match[0].lastIndexOf(secret);
    return { start, end: start + secret.length };
  };
  return anchors.map((anchor) => ({ kind, anchor, find }));
}

/** A letter before it makes it a part of something else, but for the one of an escape such as `\n` in JSON. */
function isWithinWord(text: string, at: number): boolean {
  if (at === 0 || !/[A-Za-z0-9_]/.test(text.charAt(at - 1))) return false;
  return !(/[nrt]/.test(text.charAt(at - 1)) && text.charAt(at - 2) === "\\");
}

const words =
  /example|sample|dummy|placeholder|change.?me|redacted|your[-_]?|fake|xxxx|0123456|1234567|abcdefg|\*{3}|<|\$\{|\.\.\./i;

/** What documentation and fixtures use in place of a secret. */
export function isExample(secret: string): boolean {
  return words.test(secret) || /^(.)\1*$/.test(secret.slice(-16)) || new Set(secret.slice(-20)).size < 5;
}
