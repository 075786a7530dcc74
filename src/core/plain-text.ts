const esc = String.fromCharCode(0x1b);
const bell = String.fromCharCode(0x07);
/** The 8-bit forms of the same introducers; some terminals still obey them. */
const c1 = { csi: "\u009b", st: "\u009c", range: "\u0080-\u009f", strings: "\u0090\u0098\u009d-\u009f" };

/** OSC, DCS, SOS, PM, APC with what they carry. The payload may not hold an introducer, so matching stays linear. */
const strings = `(?:${esc}[\\]PX^_]|[${c1.strings}])[^${bell}${esc}${c1.range}]*(?:${bell}|${esc}\\\\|${c1.st})`;
const csi = `(?:${esc}\\[|${c1.csi})[0-?]*[ -/]*[@-~]`;
const otherEscapes = `${esc}[ -/]*[0-~]`;
const sequences = new RegExp(`${strings}|${csi}|${otherEscapes}`, "g");

const lineBreaks = /\r\n?|[\u2028\u2029]/g;
const controls = /(?![\n\t])\p{Cc}|\p{Bidi_Control}/gu;
/**
 * Zero-width, filling and tag characters, and the selectors that carry bytes unseen: invisible to the person, read by a
 * model. The joiners and the selectors of emoji stay: scripts and emoji need them.
 */
const invisible =
  /[\u00ad\u115f\u1160\u180e\u200b\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]|\u034f|\u17b4|\u17b5|[\u180b-\u180d]|\u180f|[\u{e0000}-\u{e0fff}]/gu;

const unseen = new RegExp(`(?!\\r)(?:${controls.source}|${invisible.source})`, "gu");

/**
 * What is left of a text when nothing in it can move a cursor, recolour, set a title or clipboard, or reorder
 * what is read: no ANSI or OSC sequences, no C0 or C1 controls but `\n` and `\t`, no bidi controls, no
 * invisible characters. A lone surrogate becomes U+FFFD.
 */
export function plainText(text: string): string {
  if (!notPlain.test(text)) return text;
  return text
    .replace(sequences, "")
    .replace(lineBreaks, "\n")
    .replace(controls, "")
    .replace(invisible, "")
    .toWellFormed();
}

/**
 * A text in which each character that {@link plainText} takes away is spelled out, such as `\u{202e}`: for who has to judge
 * it, and must neither be led by what nobody sees nor miss that it is there. Line ends stay as they are.
 */
export function visibleText(text: string): string {
  const spell = (found: string): string => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`;
  return text
    .replace(/\r(?!\n)|[\u2028\u2029]/g, spell)
    .replace(unseen, spell)
    .toWellFormed();
}

/** Nearly every text has none of what is looked for, and one look says so; a status of a thousand tasks asks thousands of times. */
const notPlain = /[^\x20-\x7e\n\t]/;
const notOnePlainLine = /[^\x20-\x7e]| {2}|^ | $/;

/** {@link plainText} on one line: every run of white space is one space. */
export function plainLine(text: string): string {
  if (!notOnePlainLine.test(text)) return text;
  return plainText(text).replace(/\s+/g, " ").trim();
}
