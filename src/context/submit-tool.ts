import { z } from "zod";
import { jsonSchemaOf } from "./json-schema.ts";

/** A tool that takes a job's result; the same shape as a model's tool. */
export type SubmitTool = { name: string; description: string; parameters: Record<string, unknown> };

export function submitTool(
  name: string,
  { description, schema }: { description: string; schema: z.ZodType },
): SubmitTool {
  return { name, description, parameters: jsonSchemaOf(schema) };
}

export type Parsed<T> = { type: "ok"; value: T } | { type: "wrong"; reason: string };

export function parseSubmitted<T>(value: unknown, schema: z.ZodType<T>): Parsed<T> {
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { type: "ok", value: parsed.data }
    : { type: "wrong", reason: z.prettifyError(parsed.error) };
}
