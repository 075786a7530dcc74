import { estimateTokens, fitTokens } from "./fit-tokens.ts";

/** One piece of what a model is shown. `tokens` and `budget` are estimates, see {@link estimateTokens}. */
export type ContextPart = {
  name: string;
  /** Where the text comes from: a path, `plan.md`, `the plan`. */
  source: string;
  text: string;
  tokens: number;
  budget: number;
  cut: boolean;
};

export type PartDraft = {
  name: string;
  source: string;
  text: string;
  /** How the rest can be read when the part is cut; empty when it cannot. */
  rest: string;
  /** Puts the fitted text into the words that belong around it; these count for the budget no more. */
  wrap: (text: string) => string;
};

/** The part within its budget, or none when there is nothing to say. */
export function fitPart(draft: PartDraft, budget: number): ContextPart[] {
  const { name, source } = draft;
  if (draft.text.trim() === "") return [];
  const fitted = fitTokens(draft.text.trim(), { tokens: budget, rest: draft.rest });
  const text = draft.wrap(fitted.text);
  return [{ name, source, text, tokens: estimateTokens(text), budget, cut: fitted.cut }];
}

export function joinParts(parts: readonly ContextPart[]): string {
  return parts.map((part) => part.text).join("\n\n");
}
