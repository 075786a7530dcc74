import { plainText } from "../core/plain-text.ts";

const word = String.raw`(?:true|:|exit(?: 0)?|(?:echo|printf)\b[^&|;<>\`$]*)`;
const hollow = new RegExp(String.raw`^\s*${word}(?:\s*(?:;|&&|\|\|)\s*${word})*\s*;?\s*$`);

/** The command of a gate that can not fail because it runs nothing, such as `echo ok`, or the script behind it; else null. */
export function runsNothing(command: string, output: string): string | null {
  const scripts = [...plainText(output).matchAll(/^[>$] (.+)$/gm)]
    .map(([, text = ""]) => text.trim())
    // npm says first whose script it is: `shop@1.0.0 test`.
    .filter((text) => !/^\S+@\S*(?: \S+)+$/.test(text));
  const commands = scripts.length === 0 ? [command] : scripts;
  return commands.every((text) => hollow.test(text)) ? (commands[0] ?? null) : null;
}
