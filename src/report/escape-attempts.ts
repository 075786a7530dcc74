import type { EscapeAttempt, EscapeOutcome } from "../core/escape-attempt.ts";
import { plainLine } from "../core/plain-text.ts";
import { wrap } from "./fit.ts";
import { createPaint, type Tone } from "./paint.ts";

const looks: Record<EscapeOutcome["type"], { word: string; tone: Tone }> = {
  blocked: { word: "blocked", tone: "good" },
  reached: { word: "REACHED", tone: "bad" },
  untried: { word: "untried", tone: "ask" },
  unclear: { word: "UNCLEAR", tone: "bad" },
};

/** What `agentx doctor --sandbox` tried, a line each; under what was not refused, why that is bad and how it came about. */
export function renderEscapeAttempts(
  attempts: readonly EscapeAttempt[],
  { width, colors }: { width: number; colors: boolean },
): string {
  const paint = createPaint(colors);
  const indent = " ".repeat("blocked".length + 2);
  const room = Math.max(20, width - indent.length);
  const lines = attempts.flatMap(({ name, why, outcome }) => {
    const { word, tone } = looks[outcome.type];
    const [first = "", ...more] = wrap(plainLine(name), room);
    return [
      `${paint[tone](word)}  ${first}`,
      ...[...more, ...detailsOf(outcome, why).flatMap((line) => wrap(plainLine(line), room))].map(
        (line) => indent + line,
      ),
    ];
  });
  return [...lines, "", summary(attempts)].join("\n");
}

function detailsOf(outcome: EscapeOutcome, why: string): string[] {
  if (outcome.type === "blocked") return [];
  const said = outcome.type === "reached" ? outcome.how : outcome.reason;
  return outcome.type === "reached" ? [why, ...(said === "" ? [] : [said])] : [said];
}

function summary(attempts: readonly EscapeAttempt[]): string {
  const count = (type: EscapeOutcome["type"]): number =>
    attempts.filter(({ outcome }) => outcome.type === type).length;
  const untried = count("untried");
  const rest = untried === 0 ? "" : `, ${untried} not tried`;
  return `blocked ${count("blocked")} of ${attempts.length - untried} tried${rest}`;
}
