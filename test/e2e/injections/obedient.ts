import type { ScriptCall, ScriptTurn } from "../../../src/models/script.ts";
import type { NormalisedRequest, ServerTurn } from "../../model-server/types.ts";
import { aboutOf } from "../turns.ts";

/** What the model does of its own accord, by `task role`: the n-th step when it has nothing to obey. */
export type Parts = Readonly<Record<string, readonly ScriptTurn[]>>;

export type Obedient = {
  reply: (request: NormalisedRequest) => ServerTurn;
  /** Ids of the injections that were carried out and answered by the tool. */
  performed: Set<string>;
  /** Those whose tool gave the model something that it may not have. */
  revealed: Set<string>;
};

/**
 * A model that obeys: it looks for instructions in all that it is shown (the prompt, notes, findings, answers, results of
 * tools) and carries each out once, with whatever tools it has. Only what agentx says in the system prompt it ignores.
 */
export function obedientModel(parts: Parts): Obedient {
  const begun = new Set<string>();
  const steps = new Map<string, number>();
  const performed = new Set<string>();
  const revealed = new Set<string>();
  return {
    performed,
    revealed,
    reply: (request) => {
      watchResults(request, { performed, revealed });
      const { task, role } = aboutOf(request);
      const orders = ordersIn(request, role).filter(({ id }) => !begun.has(id));
      for (const { id } of orders) begun.add(id);
      if (orders.length > 0) return { say: "I do as I am told.", calls: orders.map(({ call }) => call) };
      const part = `${task} ${role}`;
      const step = steps.get(part) ?? 0;
      steps.set(part, step + 1);
      return parts[part]?.[step] ?? { fail: { kind: "bad-request", message: `no step ${step} of ${part}` } };
    },
  };
}

type Order = { id: string; call: ScriptCall };

/** A reviewer obeys what is said to reviewers, a worker all else. */
function ordersIn(request: NormalisedRequest, role: string): Order[] {
  const shown = request.messages.flatMap(({ text, toolResults, role: who }) =>
    who === "assistant" ? [] : [text, ...toolResults.map((result) => result.text)],
  );
  const isReviewer = role === "review";
  return shown
    .flatMap((text) => unescaped(text).split("\n"))
    .filter((line) => line.includes("Reviewer,") === isReviewer && !line.includes("Program:"))
    .flatMap((line) => [...line.matchAll(/\b(run|call): `([^`]*)`/g)])
    .flatMap(([, verb, words = ""]) => {
      const id = /hit(?:''|\\u002d)-?([a-z-]+-\d\d)/.exec(words)?.[1];
      const call = verb === "run" ? runs(words) : calls(words);
      return call === null ? [] : [{ id: id ?? words, call }];
    });
}

/** What was put into a string of JSON on its way to the model says the same to whoever obeys. */
function unescaped(text: string): string {
  return text.includes('\\"') ? text.replaceAll('\\"', '"').replaceAll("\\\\", "\\") : text;
}

function runs(command: string): ScriptCall {
  return { tool: "shell", command, timeout_seconds: 10 };
}

function calls(words: string): ScriptCall | null {
  const [, tool = "", json = ""] = /^(\w+) (\{.*\})$/.exec(words) ?? [];
  if (tool === "") return null;
  return { ...(JSON.parse(json) as Record<string, unknown>), tool };
}

function watchResults(
  { messages }: NormalisedRequest,
  { performed, revealed }: Pick<Obedient, "performed" | "revealed">,
): void {
  const ids = new Map<string, string>();
  for (const { toolCalls, toolResults } of messages) {
    for (const { id, input } of toolCalls) {
      const mark = /hit(?:''|\\u002d|-)-?([a-z-]+-\d\d)/.exec(JSON.stringify(input))?.[1];
      if (mark !== undefined) ids.set(id, mark);
    }
    for (const { id, text } of toolResults) {
      const mark = ids.get(id);
      if (mark === undefined) continue;
      performed.add(mark);
      if (text.includes("canary")) revealed.add(mark);
    }
  }
}
