import type { Role } from "../core/plan.ts";
import { hasKey, type Env } from "./providers.ts";

type Vendor = "anthropic" | "google" | "openai";

const modelOf: Record<Vendor, string> = {
  anthropic: "anthropic/claude-opus-5-5",
  google: "google/gemini-3.8-flash",
  openai: "openai/gpt-5.5",
};

/** Who takes a role first; the others follow in this order. */
const preference: Record<Role, readonly Vendor[]> = {
  plan: ["anthropic", "openai", "google"],
  implement: ["anthropic", "openai", "google"],
  resolve: ["anthropic", "openai", "google"],
  research: ["google", "anthropic", "openai"],
  review: ["openai", "google", "anthropic"],
};

export type DefaultModels = {
  /** Role → models in order of preference. */
  models: Record<Role, string[]>;
  /** One sentence for the person: who does what. */
  who: string;
};

/** What each vendor would take a role with, best first; of all vendors, unless only some are meant. */
export function vendorModels(role: Role, isMeant: (vendor: Vendor) => boolean = () => true): string[] {
  return preference[role].filter(isMeant).map((vendor) => modelOf[vendor]);
}

/** Models for every role from the keys that are there, or null when there are none. */
export function defaultModels(env: Env): DefaultModels | null {
  const forRole = (role: Role): string[] => vendorModels(role, (vendor) => hasKey(vendor, env));
  const models = {
    plan: forRole("plan"),
    research: forRole("research"),
    implement: forRole("implement"),
    review: forRole("review"),
    resolve: forRole("resolve"),
  };
  const [implementer, researcher, reviewer] = [models.implement[0], models.research[0], models.review[0]];
  if (implementer === undefined || researcher === undefined || reviewer === undefined) return null;
  const one = implementer === reviewer && implementer === researcher;
  const who = one
    ? `${implementer} does everything, reviews included`
    : `${implementer} plans and implements, ${researcher} researches, ${reviewer} reviews`;
  return { models, who };
}
