import { agentNameFor, apiAgent, findAgentSpec } from "../core/agent-spec.ts";
import type { Plan, Role, Task } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { pricePerMTok } from "../models/prices.ts";
import { modelsFor } from "../core/role-models.ts";
import { reviewersFor } from "./run-models.ts";

/**
 * A middling task: 25 turns over a prompt that grows to 40,000 tokens, nine tenths of it read from the cache at a tenth
 * of the price, and one review. Real tasks differ by a factor of three either way.
 */
type Tokens = { input: number; output: number };
const workTokens: Tokens = { input: 130_000, output: 12_000 };
const reviewTokens: Tokens = { input: 15_000, output: 1500 };
const spread = 3;

/** What the run may cost, in words; says which models have no known price instead of counting them as free. */
export async function estimateSpend(plan: Plan, settings: RunSettings): Promise<string[]> {
  const open = plan.tasks.filter((task) => !task.done);
  const unpriced = new Set<string>();
  let usd = 0;
  let isAnyAsked = false;
  const add = async (model: string | null, tokens: Tokens): Promise<void> => {
    if (model === null) return;
    isAnyAsked = true;
    usd += await cost(model, tokens, unpriced);
  };
  for (const task of open) {
    const job = { role: task.role, task };
    const [worker = nobodysModel(settings, job)] = modelsFor(settings, job);
    await add(worker, workTokens);
    if (task.role !== "implement") continue;
    const [reviewer = nobodysModel(settings, { role: "review", task })] = reviewersFor(
      settings,
      worker ?? "",
    );
    await add(reviewer, reviewTokens);
  }
  if (!isAnyAsked) return ["No model is asked: nothing is spent."];
  const isScripted = usd === 0 && unpriced.size === 0;
  if (isScripted) return ["Scripted models: nothing is spent."];
  const range = `$${(usd / spread).toFixed(2)} to $${(usd * spread).toFixed(2)}`;
  const budget =
    settings.budgetUsd === null
      ? "no budget is set"
      : `the run asks you at $${settings.budgetUsd.toFixed(2)}`;
  return [
    ...(usd > 0 ? [`May cost about ${range} (a rough guess from list prices); ${budget}.`] : []),
    ...(unpriced.size > 0 ? [`Price not known, so not counted: ${[...unpriced].join(", ")}.`] : []),
  ];
}

/** In whose place no model stands: with its own login nobody but the program knows which it will take; null where it takes none; else one has to be named. */
function nobodysModel({ agents, programs }: RunSettings, job: { role: Role; task: Task }): string | null {
  const agent = agentNameFor(agents, job);
  const credentials = findAgentSpec(agent, programs)?.credentials;
  if (credentials === "none") return null;
  if (credentials === "own") return `${agent} with its own login`;
  return `${agent === apiAgent ? job.role : agent} (no model yet)`;
}

async function cost(model: string, tokens: Tokens, unpriced: Set<string>): Promise<number> {
  const price = await pricePerMTok(model);
  if (price === null) {
    unpriced.add(model);
    return 0;
  }
  return (price.input * tokens.input + price.output * tokens.output) / 1_000_000;
}
