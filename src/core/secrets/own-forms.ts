import { base64Of, hexOf } from "./encode.ts";
import type { OwnSecret, Probe } from "./secret-place.ts";

/** A longer one is looked for in pieces, so that what a stream has to hold back stays small. */
const maxPiece = 1024;
/** So many characters of base64 or hex may be lost to a line break right behind the first ones. */
const head = 6;

type Form = { text: string; type: "plain" | "hex" | "base64" };

/** A secret as it is, and as programs print it: in JSON, in a URL, in hex, in base64 also in the middle of something longer. */
export function ownProbes({ kind, value }: OwnSecret): Probe[] {
  const lines = value.includes("\n") ? value.split("\n").filter((line) => line.trim().length >= 16) : [];
  return [value, ...lines.map((line) => line.trim())]
    .flatMap(cut)
    .flatMap((piece) => formsOf(piece))
    .map((form) => probeOf(kind, form));
}

/** The last piece may be short: it takes from the one before. */
function cut(value: string): string[] {
  if (value.length <= maxPiece) return [value];
  const pieces: string[] = [];
  for (let at = 0; at < value.length; at += maxPiece) {
    pieces.push(value.slice(Math.min(at, value.length - maxPiece), at + maxPiece));
  }
  return pieces;
}

function formsOf(piece: string): Form[] {
  const json = JSON.stringify(piece).slice(1, -1);
  const plain = [
    piece,
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll("/", "\\/"),
    encodeURIComponent(piece.toWellFormed()),
    encodeURIComponent(piece.toWellFormed()).replaceAll("%20", "+"),
  ];
  const bytes = new TextEncoder().encode(piece);
  const base64 = [0, 1, 2].flatMap((shift) => base64Of(bytes, shift));
  return [
    ...unique(plain).map((text): Form => ({ text, type: "plain" })),
    ...broken([hexOf(bytes)]).map((text): Form => ({ text, type: "hex" })),
    ...broken(unique(base64)).map((text): Form => ({ text, type: "base64" })),
  ];
}

/** A line may break within the first characters too: then the rest is found. */
function broken(forms: string[]): string[] {
  return forms.flatMap((form) => (form.length > 3 * head ? [form, form.slice(head)] : [form]));
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)];
}

function probeOf(kind: string, { text: form, type }: Form): Probe {
  const anchor = form.slice(0, 4);
  if (type === "plain") {
    return {
      kind,
      anchor,
      // In what is URL-encoded, %2f and %2F are the same; of the rest only what is equal counts.
      find: (text, at) =>
        text.startsWith(form, at) || (form.includes("%") && sameUrl(text.slice(at, at + form.length), form))
          ? { start: at, end: at + form.length }
          : null,
    };
  }
  const isSame = type === "hex" ? sameLetter : sameCharacter;
  return {
    kind,
    anchor,
    find: (text, at) => {
      const end = matchOverBreaks(text, { at, form, isSame });
      return end === null ? null : { start: at, end };
    },
  };
}

type Same = (text: string, at: number, wanted: number) => boolean;
const sameCharacter: Same = (text, at, wanted) => text.charCodeAt(at) === wanted;
const sameLetter: Same = (text, at, wanted) => (text.charCodeAt(at) | 0x20) === wanted;

function sameUrl(text: string, form: string): boolean {
  const upper = (escape: string): string => escape.toUpperCase();
  return text.replace(/%[0-9a-f]{2}/g, upper) === form;
}

/** `base64` and `xxd` break their lines; in JSON the break is an escape. */
function matchOverBreaks(
  text: string,
  { at, form, isSame }: { at: number; form: string; isSame: Same },
): number | null {
  let place = at;
  for (let index = 0; index < form.length; index += 1) {
    if (index >= 4) place = pastBreak(text, place);
    if (!isSame(text, place, form.charCodeAt(index))) return null;
    place += 1;
  }
  return place;
}

function pastBreak(text: string, at: number): number {
  const first = text[at];
  if (first !== "\n" && first !== "\r" && first !== "\\") return at;
  let place = at;
  // Twice escaped is `\\n`; a Windows line has two breaks.
  for (let steps = 0; steps < 2; steps += 1) {
    const length = /(?:\\{1,2}[rn]|[\r\n])/y;
    length.lastIndex = place;
    place += length.exec(text)?.[0].length ?? 0;
  }
  return place;
}
