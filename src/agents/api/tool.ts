import { z } from "zod";
import { jsonSchemaOf } from "../../context/json-schema.ts";
import type { Message, ToolSpec } from "../../models/model.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";

/** What a tool may use. Files and commands are reached through `sandbox` and no other way. */
export type ToolScope = {
  sandbox: Sandbox;
  signal: AbortSignal;
  /** A sign of life: called for each chunk of output. */
  onOutput: () => void;
  /** A command that says nothing for this long is stopped. */
  silenceMs: number;
};

/** What a call came to, as the model is told. */
export type ToolResult = Extract<Message, { role: "tool" }>["results"][number];

/** An expected failure, as a sentence that tells the model what to do instead. */
export class ToolError extends Error {}

/** One thing that a model can do. `run` throws ToolError or SandboxFileError where it cannot be done. */
export type Tool = {
  spec: ToolSpec;
  /** May run beside other calls. */
  isReadOnly: boolean;
  /** Running it a second time after a crash does no harm. */
  isRepeatable: boolean;
  /** Checks the arguments; `run` gives the text for the model, `describe` a few words for the person. */
  prepare: (input: Record<string, unknown>) => PreparedCall;
};
type PreparedCall = { describe: () => string; run: (scope: ToolScope) => Promise<string> };

type ToolDefinition<Shape extends z.ZodRawShape> = {
  name: string;
  description: string;
  input: z.ZodObject<Shape>;
  isReadOnly: boolean;
  isRepeatable: boolean;
  describe: (input: z.infer<z.ZodObject<Shape>>) => string;
  run: (input: z.infer<z.ZodObject<Shape>>, scope: ToolScope) => Promise<string>;
};

export function defineTool<Shape extends z.ZodRawShape>(definition: ToolDefinition<Shape>): Tool {
  const { name, description, input: schema, isReadOnly, isRepeatable, describe, run } = definition;
  return {
    spec: toolSpec(name, { description, input: schema }),
    isReadOnly,
    isRepeatable,
    prepare: (raw) => {
      const input = parseInput(name, { schema, raw });
      return { describe: () => describe(input), run: (scope) => run(input, scope) };
    },
  };
}

export function toolSpec(
  name: string,
  { description, input }: { description: string; input: z.ZodType },
): ToolSpec {
  return { name, description, parameters: jsonSchemaOf(input) };
}

/** @throws ToolError with one line for each argument that will not do */
export function parseInput<T>(name: string, call: { schema: z.ZodType<T>; raw: Record<string, unknown> }): T {
  // Models send null for an argument that they leave out.
  const given = Object.fromEntries(Object.entries(call.raw).filter(([, value]) => value !== null));
  const parsed = call.schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ToolError(`${name}: wrong arguments\n${z.prettifyError(parsed.error)}`);
}
