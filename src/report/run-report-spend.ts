import type { RunEvent } from "../core/event.ts";
import { type RunState, uncountedAgents } from "../core/run-state.ts";
import { isUnknownModel } from "../core/unknown-model.ts";
import { type Spend, noSpend } from "../core/usage.ts";
import { formatCount, formatSpend, isScripted } from "./format.ts";
import { mdCode, mdTable, mdText } from "./markdown.ts";

const heads = ["calls", "input", "cache reads", "cache writes", "output", "price"];

/** What was spent, per model and per task. The token counts are disjoint; a call without a known price is said, never zero. */
export function renderSpendSection({
  events,
  state,
}: {
  events: readonly RunEvent[];
  state: RunState;
}): string {
  const row = (name: string, spend: Spend): string[] => [name, ...cells(spend, isScripted(state))];
  const total = row("**all**", state.spend);
  const models = [...state.spendByModel].map(([model, spend]) => row(modelName(model), spend));
  const tasks = [...state.tasks.values()]
    .filter(({ spend }) => spend.calls > 0)
    .map(({ task, spend }) => row(mdCode(task.id), spend));
  const planning = events.find((event) => event.type === "run.started")?.planning ?? noSpend;
  const before = planning.calls > 0 ? [row("planning, before the run", planning)] : [];
  const tables = [
    mdTable(["task", ...heads], [...before, ...tasks, total]),
    mdTable(["model", ...heads], [...models, ...(before.length > 0 ? before : [])]),
  ];
  const uncounted = uncountedAgents(state).map(mdCode);
  const left =
    uncounted.length === 0 ? "" : `Not counted, as nothing was reported of it: ${uncounted.join(", ")}`;
  return [...tables, left].filter((part) => part !== "").join("\n\n");
}

/** A program with its own login may tell what it used and not which model it took. */
function modelName(model: string): string {
  if (!isUnknownModel(model)) return mdCode(model);
  const [owner = ""] = model.split("/");
  return owner === "" ? "model not named" : `${mdCode(owner)}, model not named`;
}

function cells({ usage, ...spend }: Spend, scripted: boolean): string[] {
  const price = scripted ? "scripted" : mdText(formatSpend({ usage, ...spend }));
  const counts = [usage.inputTokens, usage.cacheReadTokens, usage.cacheWriteTokens, usage.outputTokens];
  return [String(spend.calls), ...counts.map(formatCount), price];
}
