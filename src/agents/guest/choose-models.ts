import { type AgentSpec, asksGateway } from "../../core/agent-spec.ts";
import type { AttemptFailure } from "../../core/event.ts";
import type { Guest, GuestTurn, ModelApi } from "./guest.ts";

export type GuestModel = GuestTurn["model"];

type Choice = {
  name: string;
  spec: AgentSpec;
  guest: Pick<Guest, "apis">;
  /** How a model is spoken to; null where it is not known, or by no protocol. */
  apiOf: (id: string) => ModelApi | null;
};

/** The models that a guest may be started with, in order; never empty. Null is its own choice, under its own login, or none at all. */
export function chooseModels(
  wanted: readonly string[],
  { name, spec, guest, apiOf }: Choice,
): { type: "models"; models: [GuestModel, ...GuestModel[]] } | { type: "none"; failure: AttemptFailure } {
  const isSpoken = (api: ModelApi): boolean => guest.apis.length === 0 || guest.apis.includes(api);
  if (!asksGateway(spec)) {
    const [first = "anthropic"] = guest.apis;
    const own = spec.model === null ? null : { ...named(spec.model), api: apiOf(spec.model) ?? first };
    return { type: "models", models: [own] };
  }
  const ids = spec.model === null ? wanted : [spec.model];
  const [first, ...others] = ids.flatMap((id) => {
    const api = apiOf(id);
    return api !== null && isSpoken(api) ? [{ ...named(id), api }] : [];
  });
  if (first) return { type: "models", models: [first, ...others] };
  const speaks = guest.apis.length === 0 ? "any protocol of the gateway" : guest.apis.join(", ");
  const had = ids.map((id) => `${id} (${apiOf(id) ?? "not behind the gateway"})`).join(", ");
  const reason = `${name} speaks ${speaks}, and no model for it was named: ${had || "none at all"}`;
  const hint =
    "name a model that it can speak to, in agentx.yaml or with --model, or take another agent; then dispatch anew";
  return { type: "none", failure: { kind: "provider", reason, hint } };
}

function named(id: string): { id: string; name: string } {
  return { id, name: id.slice(id.indexOf("/") + 1) };
}
