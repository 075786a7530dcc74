import type { AgentSpec, ProgramName } from "./agent-spec.ts";
import type { ProviderSpec } from "./run-settings.ts";

/** The protocols that a program of another vendor can be spoken to in. */
export type ProgramApi = Exclude<ProviderSpec["api"], "scripted">;

const everyApi: readonly ProgramApi[] = ["anthropic", "openai", "openai-chat", "google"];

/** Found by running them; the best comes first. */
export const programApis: Record<ProgramName, readonly ProgramApi[]> = {
  claude: ["anthropic"],
  codex: ["openai"],
  gemini: ["google"],
  opencode: ["anthropic", "openai", "google", "openai-chat"],
  pi: ["anthropic", "openai", "google", "openai-chat"],
};

/** What an agent can speak; of ACP agents and commands nothing is known, and they are told where everything is. */
export function apisOf(spec: AgentSpec): readonly ProgramApi[] {
  return spec.type === "program" ? programApis[spec.program] : everyApi;
}

/** The protocol of `provider/id`, key or not; null where nobody described the provider. */
export function apiOfModel(
  model: string,
  providers: Readonly<Record<string, ProviderSpec>>,
): ProviderSpec["api"] | null {
  const name = model.slice(0, model.indexOf("/"));
  if (Object.hasOwn(providers, name)) return providers[name]?.api ?? null;
  // The built-in providers are called after the protocols that they speak; nobody is called openai-chat.
  return builtIn.find((api) => api === name) ?? null;
}

const builtIn = ["anthropic", "openai", "google", "scripted"] as const;

/** Whether an agent can use a model. The built-in loop, null, can use all. */
export function canSpeakTo(
  spec: AgentSpec | null,
  model: string,
  providers: Readonly<Record<string, ProviderSpec>>,
): boolean {
  if (spec === null) return true;
  const api = apiOfModel(model, providers);
  return api !== null && apisOf(spec).some((one) => one === api);
}
