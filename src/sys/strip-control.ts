import { stripVTControlCharacters } from "node:util";

// A string sequence (OSC, DCS, SOS, PM, APC) runs to BEL or ST. Node strips most OSC forms and leaves the payload of
// the others on the screen; an unfinished one would swallow what is printed after it.
const start = String.raw`\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f]`;
const end = String.raw`[\u0007\u009c]|\u001b\\`;
const stringSequence = new RegExp(String.raw`(?:${start})[^\u0007\u001b\u009c\n]*(?:${end})?`, "g");

// C0 but tab and newline, DEL, and C1.
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

// What reorders or hides text: "Trojan Source", https://trojansource.codes
const bidiControls = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text from elsewhere, safe to print: no escape sequences, no control characters but newline and tab, no bidi controls.
 * A carriage return ends a line, so that it can not overwrite one.
 */
export function stripControl(text: string): string {
  return stripVTControlCharacters(text.replace(stringSequence, ""))
    .replace(/\r\n?/g, "\n")
    .replace(controls, "")
    .replace(bidiControls, "");
}
