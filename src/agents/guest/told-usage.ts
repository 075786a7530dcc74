import type { Usage } from "../../core/usage.ts";
import { unknownModelOf } from "../../core/unknown-model.ts";
import { noUsage, totalTokens } from "../../core/usage.ts";
import type { ModelCall } from "../agent.ts";
import type { GuestEvent, ModelApi } from "./guest.ts";

type Told = Extract<GuestEvent, { type: "used" }>;
type Sum = { usage: Usage; usd: number | null };

const vendors: Record<ModelApi, string> = {
  anthropic: "anthropic",
  openai: "openai",
  "openai-chat": "openai",
  google: "google",
};

/** Who a guest's own model is of: the one vendor that it speaks to, else the agent itself. */
export function vendorOf(agent: string, apis: readonly ModelApi[]): string {
  const all = new Set(apis.map((api) => vendors[api]));
  const [one] = all;
  return all.size === 1 && one !== undefined ? one : agent;
}

/** Turns what one start of a guest tells of its usage into calls; of a total, only what is new since the last one. */
export function createUsageMeter(named: {
  vendor: string;
  /** `provider/id` that was asked for, or null. */
  model: string | null;
  now: () => number;
}): (told: Told) => ModelCall | null {
  const totals = new Map<string, Sum>();
  let last = named.now();
  return ({ scope, model: toldModel, usage, usd }) => {
    const model = nameOf(toldModel, named);
    const before =
      scope === "total" ? (totals.get(model) ?? { usage: noUsage, usd: 0 }) : { usage: noUsage, usd: 0 };
    if (scope === "total") totals.set(model, { usage, usd });
    const fresh = difference(usage, before.usage);
    const cost = usd === null ? null : Math.max(0, usd - (before.usd ?? 0));
    if (totalTokens(fresh) === 0 && (cost ?? 0) === 0) return null;
    const ms = named.now() - last;
    last += ms;
    return { model, usage: fresh, usd: cost, ms };
  };
}

function nameOf(told: string | null, { vendor, model }: { vendor: string; model: string | null }): string {
  if (told === null) return model ?? unknownModelOf(vendor);
  return told.includes("/") ? told : `${vendor}/${told}`;
}

function difference(now: Usage, before: Usage): Usage {
  return {
    inputTokens: Math.max(0, now.inputTokens - before.inputTokens),
    cacheReadTokens: Math.max(0, now.cacheReadTokens - before.cacheReadTokens),
    cacheWriteTokens: Math.max(0, now.cacheWriteTokens - before.cacheWriteTokens),
    outputTokens: Math.max(0, now.outputTokens - before.outputTokens),
  };
}
