import { splitModelId } from "./prices.ts";

/** `same` says that the reviewer is the model that wrote the change: the person should know. */
export type PickedReviewer = { model: string; same: boolean };

/**
 * Another vendor's model before another model of the same vendor before the implementer itself; within that, the
 * candidates' own order. Null only when there are no candidates.
 */
export function pickReviewer(candidates: readonly string[], implementer: string): PickedReviewer | null {
  const vendor = vendorOf(implementer);
  const model =
    candidates.find((candidate) => vendorOf(candidate) !== vendor) ??
    candidates.find((candidate) => candidate !== implementer) ??
    candidates[0];
  return model === undefined ? null : { model, same: model === implementer };
}

const families: Record<string, RegExp> = {
  anthropic: /\bclaude\b/,
  openai: /\b(gpt|o\d|codex)\b/,
  google: /\b(gemini|gemma)\b/,
};

/** Who made the model, also when another host serves it: openrouter/anthropic/claude-opus-5-5. */
function vendorOf(modelId: string): string {
  const { provider, model } = splitModelId(modelId);
  const made = Object.keys(families).find((vendor) => families[vendor]?.test(model));
  return provider === "scripted" ? modelId : (made ?? provider);
}
