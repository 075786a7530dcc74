import { roles, type Role } from "../core/plan.ts";
import { parseByteSize } from "../core/byte-size.ts";
import type { GateSpec, ProviderSpec } from "../core/run-settings.ts";
import { toAgentSpec } from "./to-agent-spec.ts";
import { defaultTimeoutMs, nowhere, type Config } from "./config.ts";
import type { ConfigFile, GateEntry, ProviderEntry } from "./config-file.ts";
import { parseDuration } from "../core/duration.ts";

/** From what is written to what it means; the schema has already accepted it. */
export function toConfig(file: ConfigFile): Config {
  return {
    agents: agentsOf(file.agents ?? {}),
    places: nowhere,
    programs: Object.fromEntries(
      Object.entries(file.programs ?? {}).map(([name, entry]) => [name, toAgentSpec(name, entry)]),
    ),
    models: modelsOf(file.models ?? {}),
    providers: mapValues(file.providers ?? {}, toProvider),
    gates:
      file.gates === undefined
        ? null
        : Object.entries(file.gates).map(([name, entry]) => toGate(name, entry)),
    proofs: Object.fromEntries(
      Object.entries(file.gates ?? {}).flatMap(([name, entry]) =>
        typeof entry === "string" || entry.prove === undefined ? [] : [[name, entry.prove]],
      ),
    ),
    setup: toSetup(file.setup),
    slots: file.slots ?? null,
    gateSlots: file.gateSlots ?? null,
    maxAttempts: file.maxAttempts ?? null,
    budget: file.budget?.run === undefined ? null : { limit: file.budget.run },
    limits: toLimits(file),
    portBase: file.ports?.base ?? null,
    portsPerWorktree: file.ports?.perWorktree ?? null,
    sandboxReadOnly: file.sandbox?.readOnly ?? [],
    sandboxUse: file.sandbox?.use ?? null,
    sandboxImage: file.sandbox?.image ?? null,
    sandboxLimits: toSandboxLimits(file.sandbox?.limits),
    protect: file.protect ?? null,
    secretsAllow: file.secrets?.allow ?? [],
    fastForward: file.deliver?.fastForward ?? null,
    pullRequest: file.deliver?.pullRequest ?? null,
  };
}

function agentsOf(entries: NonNullable<ConfigFile["agents"]>): Partial<Record<Role, string>> {
  const agents: Partial<Record<Role, string>> = {};
  for (const role of roles) {
    const entry = entries[role];
    if (entry !== undefined) agents[role] = entry;
  }
  return agents;
}

function modelsOf(entries: NonNullable<ConfigFile["models"]>): Partial<Record<Role, string[]>> {
  const models: Partial<Record<Role, string[]>> = {};
  for (const role of roles) {
    const entry = entries[role];
    if (entry !== undefined) models[role] = typeof entry === "string" ? [entry] : entry;
  }
  return models;
}

function toProvider({ api, baseUrl, keyEnv }: ProviderEntry): ProviderSpec {
  return { api, baseUrl: baseUrl ?? null, keyEnv: keyEnv ?? null };
}

function toGate(name: string, entry: GateEntry): GateSpec {
  if (typeof entry === "string") return { name, command: entry, timeoutMs: defaultTimeoutMs, network: false };
  return {
    name,
    command: entry.command,
    timeoutMs: timeoutOf(entry.timeout),
    network: entry.network ?? false,
    ...(entry.affected === undefined ? {} : { affected: entry.affected }),
  };
}

function toSetup(entry: ConfigFile["setup"]): Config["setup"] {
  if (entry === undefined) return { type: "detect" };
  if (entry === false) return { type: "none" };
  const { command, timeout, network = null } = typeof entry === "string" ? { command: entry } : entry;
  return { type: "command", command, timeoutMs: timeoutOf(timeout), network };
}

function timeoutOf(text: string | undefined): number {
  return text === undefined ? defaultTimeoutMs : parseDuration(text);
}

function toLimits({ limits = {}, budget }: ConfigFile): Config["limits"] {
  return {
    ...(limits.turns !== undefined && { turns: limits.turns }),
    ...(limits.tokens !== undefined && { tokens: limits.tokens }),
    ...(limits.minutes !== undefined && { ms: limits.minutes * 60_000 }),
    ...(limits.stall !== undefined && { stallMs: parseDuration(limits.stall) }),
    ...(budget?.task !== undefined && { usd: budget.task }),
  };
}

function toSandboxLimits(entry: NonNullable<ConfigFile["sandbox"]>["limits"] = {}): Config["sandboxLimits"] {
  const { memory, processes, file, openFiles, disk, diskFree } = entry;
  const bytes = (text: string | null): number | null => (text === null ? null : parseByteSize(text));
  return {
    ...(memory !== undefined && { memory: bytes(memory) }),
    ...(processes !== undefined && { processes }),
    ...(file !== undefined && { file: bytes(file) }),
    ...(openFiles !== undefined && { openFiles }),
    ...(disk !== undefined && { disk: bytes(disk) }),
    ...(diskFree !== undefined && { diskFree: bytes(diskFree) }),
  };
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
