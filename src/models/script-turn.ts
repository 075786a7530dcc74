import type { Script, ScriptTurn } from "./script.ts";

/** What a request says about where it stands, in any provider's form. */
export type ScriptPosition = {
  /** Texts of the user's messages, oldest first. */
  userTexts: readonly string[];
  /** Assistant messages so far: the index of the turn that is due. */
  turn: number;
};

/** The turn that is due, or why there is none. */
export type FoundTurn = { type: "turn"; turn: ScriptTurn; at: string } | { type: "missing"; reason: string };

/**
 * A pure function of the request, so a resumed or repeated call gets the same turn.
 * The task, role and attempt come from the last `<task id role attempt>` tag of the first user message that has one.
 */
export function findTurn(script: Script, position: ScriptPosition): FoundTurn {
  const tag = taskTag(position.userTexts);
  if (tag === null) {
    return { type: "missing", reason: `no user message has a <task id="…" role="…" attempt="…"> tag` };
  }
  const { id, role, attempt } = tag;
  const turns = turnsOf(script, tag);
  const at = `task "${id}", role ${role}, attempt ${attempt}, turn ${position.turn + 1}`;
  if (turns === undefined) return { type: "missing", reason: `the script has nothing for ${at}` };
  const turn = turns[position.turn];
  if (turn === undefined) {
    return {
      type: "missing",
      reason: `the script has only ${turns.length} ${turns.length === 1 ? "turn" : "turns"}, none for ${at}`,
    };
  }
  return { type: "turn", turn, at };
}

type TaskTag = { id: string; role: string; attempt: string };

function turnsOf(script: Script, { id, role, attempt }: TaskTag): ScriptTurn[] | undefined {
  const roles = Object.hasOwn(script.tasks, id) ? script.tasks[id] : undefined;
  const own = roles?.[`${role}@${attempt}`] ?? roles?.[role];
  return own ?? (id === "plan" && role === "plan" ? script.planner : undefined);
}

function taskTag(texts: readonly string[]): TaskTag | null {
  for (const text of texts) {
    const tags = [...text.matchAll(/<task\s([^>]*)>/g)].map(([, attributes]) => readTag(attributes ?? ""));
    const last = tags.findLast((tag) => tag !== null);
    if (last) return last;
  }
  return null;
}

function readTag(attributes: string): TaskTag | null {
  const of = (name: string): string | undefined =>
    new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1];
  const [id, role] = [of("id"), of("role")];
  return id === undefined || role === undefined ? null : { id, role, attempt: of("attempt") ?? "1" };
}

export type ScriptedCall = { name: string; input: Record<string, unknown> };

/** The tool calls of a turn in the order in which they are made. */
export function callsOf(turn: ScriptTurn): ScriptedCall[] {
  const all = [...(turn.call ? [turn.call] : []), ...(turn.calls ?? [])];
  return all.map(({ tool, ...input }) => ({ name: tool, input }));
}

/** Text in a few pieces that together are the whole; one empty piece for an empty text. */
export function pieces(text: string, count = 4): string[] {
  const size = Math.max(1, Math.ceil(text.length / count));
  const parts = [];
  for (let start = 0; start < text.length; start += size) parts.push(text.slice(start, start + size));
  return parts.length === 0 ? [""] : parts;
}
