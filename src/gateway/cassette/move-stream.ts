import type { GatewayApi } from "../upstream.ts";
import { deltaTexts, type DeltaText, isJson, type Json } from "./delta-texts.ts";
import { type Moves, move } from "./moves.ts";

type Line = { text: string; event: Json | null };

/** Server-sent events with other paths in them, one piece an event. Lines without a recorded path stay byte for byte. */
export function moveStream(api: GatewayApi, text: string, moves: Moves): string[] {
  const lines = text.split(/(?<=\n)/).map((line): Line => ({ text: line, event: eventIn(line) }));
  const texts = new Map<string, DeltaText[]>();
  const deltas = new Map<Json, Set<string>>();
  for (const delta of lines.flatMap(({ event }) => (event ? deltaTexts(api, event) : []))) {
    const pieces = texts.get(delta.key);
    if (pieces) pieces.push(delta);
    else texts.set(delta.key, [delta]);
    deltas.set(delta.holder, (deltas.get(delta.holder) ?? new Set()).add(delta.field));
  }
  const before = lines.map(({ event }) => JSON.stringify(event));
  for (const pieces of texts.values()) moveAcross(pieces, moves);
  const isDelta = (holder: Json, field: string): boolean => deltas.get(holder)?.has(field) ?? false;
  const moved = lines.map(({ text: line, event }, at) => {
    if (event === null) return move(line, moves);
    moveWhole(event, { moves, isDelta });
    const after = JSON.stringify(event);
    return after === before[at] ? line : `data: ${after}${/\r?\n$/.exec(line)?.[0] ?? ""}`;
  });
  return eventsOf(moved);
}

function eventIn(line: string): Json | null {
  const data = /^data: ?(\{.*\})\s*$/.exec(line)?.[1];
  if (data === undefined) return null;
  try {
    const value: unknown = JSON.parse(data);
    return isJson(value) ? value : null;
  } catch {
    // Half an event at the end of a cut stream: it is moved as plain text.
    return null;
  }
}

/** Looks for paths in the joined text and puts each new one where the old one began. */
function moveAcross(pieces: readonly DeltaText[], { pattern, to }: Moves): void {
  const olds = pieces.map(({ holder, field }) => String(holder[field]));
  const news = olds.map(() => "");
  const starts: number[] = [];
  let length = 0;
  for (const old of olds) {
    starts.push(length);
    length += old.length;
  }
  const joined = olds.join("");
  const pieceAt = (offset: number): number => starts.findLastIndex((start) => start <= offset);
  let done = 0;
  const keepUntil = (end: number): void => {
    while (done < end) {
      const at = pieceAt(done);
      const stop = Math.min(end, starts[at + 1] ?? end);
      news[at] += joined.slice(done, stop);
      done = stop;
    }
  };
  for (const match of joined.matchAll(pattern)) {
    keepUntil(match.index);
    news[pieceAt(match.index)] += to(match[0]);
    done = match.index + match[0].length;
  }
  keepUntil(joined.length);
  for (const [at, { holder, field }] of pieces.entries()) holder[field] = news[at];
}

type Walk = { moves: Moves; isDelta: (holder: Json, field: string) => boolean };

function moveWhole(value: unknown, walk: Walk): unknown {
  if (typeof value === "string") return move(value, walk.moves);
  if (Array.isArray(value)) return (value as unknown[]).map((one) => moveWhole(one, walk));
  if (!isJson(value)) return value;
  for (const [field, one] of Object.entries(value)) {
    if (!walk.isDelta(value, field)) value[field] = moveWhole(one, walk);
  }
  return value;
}

function eventsOf(lines: readonly string[]): string[] {
  const events: string[] = [];
  let event = "";
  for (const line of lines) {
    event += line;
    if (line.trim() !== "") continue;
    events.push(event);
    event = "";
  }
  return event === "" ? events : [...events, event];
}
