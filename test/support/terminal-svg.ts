// Turns what a terminal really shows into a picture: `tmux capture-pane -e -p | node test/support/terminal-svg.ts > out.svg`.
import process from "node:process";
import { text as readAll } from "node:stream/consumers";
import stringWidth from "string-width";

type Style = { color: string | null; isBold: boolean; isDim: boolean };
type Chunk = { column: number; text: string; style: Style };

const plain: Style = { color: null, isBold: false, isDim: false };
/** The eight colours of a terminal by their SGR numbers 30 to 37. */
const colors = ["#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#c9d1d9"];
const background = "#0d1117";
const foreground = "#c9d1d9";
const cell = { width: 8.4, height: 19 };
const fontSize = 14;
const padding = 20;

function terminalSvg(screen: string): string {
  const lines = chunksByLine(screen.replace(/\s+$/, "").split("\n"));
  const columns = Math.max(0, ...lines.flat().map(({ column, text }) => column + stringWidth(text)));
  const width = Math.ceil(columns * cell.width + 2 * padding);
  const height = Math.ceil(lines.length * cell.height + 2 * padding);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<rect width="${width}" height="${height}" rx="10" fill="${background}"/>`,
    `<g font-family="ui-monospace, 'SF Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${fontSize}" fill="${foreground}" xml:space="preserve">`,
    ...lines.flatMap((chunks, row) => chunks.map((chunk) => textElement(chunk, row))),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

function textElement({ column, text, style }: Chunk, row: number): string {
  const x = (padding + column * cell.width).toFixed(1);
  const y = (padding + row * cell.height + fontSize).toFixed(1);
  const length = (stringWidth(text) * cell.width).toFixed(1);
  const look = [
    ...(style.color === null ? [] : [` fill="${style.color}"`]),
    ...(style.isBold ? [' font-weight="bold"'] : []),
    ...(style.isDim ? [' opacity="0.6"'] : []),
  ].join("");
  // The length keeps columns straight where a symbol comes from a font of another width.
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${look}>${escaped(text)}</text>`;
}

const escape = String.fromCharCode(0x1b);
const sgr = new RegExp(`${escape}\\[([0-9;]*)m`);

/** Words between wide gaps, each with the column that it begins in. A style goes on until it is changed, over line ends too. */
function chunksByLine(lines: readonly string[]): Chunk[][] {
  let style = plain;
  return lines.map((line) => {
    const chunks: Chunk[] = [];
    let column = 0;
    for (const [index, part] of line.split(sgr).entries()) {
      if (index % 2 === 1) {
        style = part.split(";").reduce(restyled, style);
        continue;
      }
      for (const text of part.split(/( {2,})/)) {
        const lead = text.length - text.trimStart().length;
        if (text.trim() !== "") chunks.push({ column: column + lead, text: text.trim(), style });
        column += stringWidth(text);
      }
    }
    return chunks;
  });
}

function restyled(style: Style, code: string): Style {
  const number = Number(code);
  if (number === 0) return plain;
  if (number === 1) return { ...style, isBold: true };
  if (number === 2) return { ...style, isDim: true };
  if (number === 22) return { ...style, isBold: false, isDim: false };
  if (number === 39) return { ...style, color: null };
  return number >= 30 && number <= 37 ? { ...style, color: colors[number - 30] ?? null } : style;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

if (import.meta.main) process.stdout.write(terminalSvg(await readAll(process.stdin)));
