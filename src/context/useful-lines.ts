import { plainText } from "../core/plain-text.ts";
import { outputNoise, outputRules, type OutputRule } from "./output-rules.ts";

const maxLines = 60;
const maxBytes = 4096;
const maxLineLength = 300;
const tailLines = 40;

/** With fewer lines than this the rules hardly know the tool, so the end of the output comes too. */
const enoughLines = 3;

/**
 * What somebody who mends the fault would read in a gate's raw output: the first errors with their places, at most 60
 * lines and 4 KiB, without colours. Where nothing is recognised it is the end of the output.
 */
export function usefulLines(output: string): string {
  const lines = plainText(output)
    .split("\n")
    .map((line) => line.trimEnd().slice(0, maxLineLength));
  const picked = pick(lines);
  if (picked.length >= enoughLines) return fitHead(picked);
  return fitTail([...picked, ...tail(lines).filter((line) => !picked.includes(line))]);
}

function pick(lines: readonly string[]): string[] {
  const picked: string[] = [];
  const seen = new Set<string>();
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const rule = outputRules.find(({ match }) => match.test(line));
    if (rule === undefined || outputNoise.test(line)) continue;
    const heading = headingOf(lines, { rule, at });
    const end = endOf(lines, { rule, at });
    const key = `${heading ?? ""}\n${withoutTimes(line)}`;
    if (!seen.has(key)) {
      if (heading !== null && !picked.includes(heading)) picked.push(heading);
      picked.push(...lines.slice(at, end).filter((text) => text.trim() !== "" && !outputNoise.test(text)));
    }
    seen.add(key);
    at = end - 1;
  }
  return picked;
}

function headingOf(lines: readonly string[], { rule, at }: { rule: OutputRule; at: number }): string | null {
  const { heading } = rule;
  if (heading === null) return null;
  return lines.slice(0, at).findLast((line) => heading.test(line)) ?? null;
}

/** Index after the last line that belongs to the one at `at`. */
function endOf(lines: readonly string[], { rule, at }: { rule: OutputRule; at: number }): number {
  let end = at + 1;
  for (let next = at + 1, taken = 0; next < lines.length && taken < rule.follow; next += 1) {
    const line = lines[next] ?? "";
    if (rule.stop?.test(line)) break;
    if (line.trim() === "") continue;
    taken += 1;
    end = next + 1;
  }
  return end;
}

/** The same failure is often told twice, with another duration. */
function withoutTimes(line: string): string {
  return line.trim().replace(/\(?\d+(\.\d+)? ?m?s\)?/g, "");
}

function fitHead(lines: readonly string[]): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (kept.length >= maxLines - 1 || bytes > maxBytes - 64) break;
    kept.push(line);
  }
  const left = lines.length - kept.length;
  return left === 0 ? kept.join("\n") : [...kept, `[… ${left} more such lines]`].join("\n");
}

function tail(lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== "").slice(-tailLines);
}

function fitTail(lines: readonly string[]): string {
  const kept: string[] = [];
  let bytes = 0;
  for (const line of lines.toReversed()) {
    bytes += Buffer.byteLength(line) + 1;
    if (kept.length >= maxLines || bytes > maxBytes) break;
    kept.unshift(line);
  }
  return kept.join("\n");
}
