import { styleText } from "node:util";

/** What a colour means. Colour never says anything that a word or symbol does not say too. */
export type Tone = "good" | "bad" | "ask" | "busy" | "quiet" | "strong" | "normal";

export type Paint = Readonly<Record<Tone, (text: string) => string>>;

/** @param colors false gives back every text as it is (`NO_COLOR`, a pipe, a dumb terminal). */
export function createPaint(colors: boolean): Paint {
  const plain = (text: string): string => text;
  // Whether the stream has colours is known here already.
  const style = (format: Parameters<typeof styleText>[0]): ((text: string) => string) =>
    colors ? (text) => styleText(format, text, { validateStream: false }) : plain;
  return {
    good: style("green"),
    bad: style("red"),
    ask: style("yellow"),
    busy: style("cyan"),
    quiet: style("dim"),
    strong: style("bold"),
    normal: plain,
  };
}

const esc = String.fromCharCode(0x1b);

/** Ends whatever paint is still on at the end of a line that was cut; a line without paint stays as it is. */
export function unpaint(line: string): string {
  return line.includes(esc) ? `${line}${esc}[0m` : line;
}
