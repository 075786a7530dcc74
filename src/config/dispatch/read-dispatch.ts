import { z } from "zod";

import { AgentxError, type Problem } from "../../core/error.ts";
import { sortByPlace } from "../../core/place.ts";
import { explainIssue } from "../explain-issue.ts";
import { type Path, readYaml } from "../yaml-source.ts";

type Runnable = { command: string };

export type DispatchConfig = {
  default?: string | undefined;
  backends?: Record<string, Runnable> | undefined;
  models?: Record<string, { backend: string }> | undefined;
  aliases?: Record<string, { model: string; prompt?: string | undefined }> | undefined;
  /** As it was before there were backends. */
  agents?: Record<string, Runnable> | undefined;
};

export type ReadDispatch = {
  config: DispatchConfig;
  /** `config.yaml:7`, for what is said about a value later. */
  placeOf: (path: Path) => string;
  /** Paths of keys that mean nothing here. */
  unknown: string[][];
};

const keysOf: Readonly<Record<string, readonly string[]>> = {
  backends: ["command"],
  models: ["backend"],
  aliases: ["model", "prompt"],
  agents: ["command"],
};

const mapping = { error: "must be a mapping" };

function text(error: string): z.ZodString {
  return z.string({ error }).regex(/\S/, { error });
}

function runnable(): z.ZodType<Runnable> {
  return z.object({ command: text("must be a command") }, { error: "must be a mapping with a command" });
}

function dispatchSchema(): z.ZodType<DispatchConfig> {
  const model = z.object(
    { backend: text("must be the name of a backend") },
    { error: "must be a mapping with a backend" },
  );
  const alias = z.object(
    { model: text("must be the name of a model"), prompt: z.string({ error: "must be text" }).optional() },
    { error: "must be a mapping with a model" },
  );
  const keys = {
    default: text("must be the name of a model or an alias"),
    backends: z.record(z.string(), runnable(), mapping),
    models: z.record(z.string(), model, mapping),
    aliases: z.record(z.string(), alias, mapping),
    agents: z.record(z.string(), runnable(), mapping),
  };
  return z.object(keys, { error: "must be a mapping of keys" }).partial();
}

/** @throws AgentxError DISPATCH_INVALID with every problem and its line */
export function readDispatch({ text: yamlText, file }: { text: string; file: string }): ReadDispatch {
  const yaml = readYaml(yamlText, file);
  if ("problems" in yaml) throw invalid(yaml.problems, file);
  const { value, placeOf } = yaml.source;
  const parsed = dispatchSchema().safeParse(value ?? {});
  if (parsed.success) return { config: parsed.data, placeOf, unknown: unknownKeys(value) };
  throw invalid(
    parsed.error.issues.flatMap((issue) => explainIssue(issue, yaml.source)),
    file,
  );
}

function unknownKeys(value: unknown): string[][] {
  return entriesOf(value).flatMap(([section, entries]) => {
    if (section === "default") return [];
    const known = keysOf[section];
    if (known === undefined) return [[section]];
    return entriesOf(entries).flatMap(([name, entry]) =>
      entriesOf(entry).flatMap(([key]) => (known.includes(key) ? [] : [[section, name, key]])),
    );
  });
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function invalid(problems: readonly Problem[], file: string): AgentxError {
  return new AgentxError("DISPATCH_INVALID", sortByPlace(problems, file));
}
