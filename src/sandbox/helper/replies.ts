import { z } from "zod";
import type { Reply } from "../inside/protocol.ts";
import type { ExecResult, FileEntry, FileMatch, SpawnEnding } from "../sandbox.ts";

/**
 * What the helper says is checked word for word: it shares its sandbox with code that a model chose,
 * and that code may have taken it over.
 */
export const replySchema: z.ZodType<Reply> = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("ready"),
    door: z
      .string()
      .regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/)
      .nullable(),
  }),
  z.object({ type: z.literal("output"), id: z.number(), text: z.string() }),
  z.object({ type: z.literal("errorOutput"), id: z.number(), text: z.string() }),
  z.object({ type: z.literal("sign"), id: z.number() }),
  z.object({ type: z.literal("took"), id: z.number() }),
  z.object({ type: z.literal("done"), id: z.number(), value: z.unknown() }),
  z.object({ type: z.literal("failed"), id: z.number(), code: z.string(), message: z.string() }),
]);

const output = { output: z.string(), totalBytes: z.number(), ms: z.number() };
export const execSchema: z.ZodType<ExecResult> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("exited"), exitCode: z.int(), ...output }),
  z.object({ type: z.literal("timed-out"), ...output }),
  z.object({ type: z.literal("killed"), reason: z.string(), ...output }),
]);
/** How many processes were ended for their memory, and for what they wrote, while a command ran. */
export const overLimitsSchema: z.ZodType<{ overMemory: number; overDisk: number }> = z.object({
  overMemory: z.int().min(0),
  overDisk: z.int().min(0),
});
export const endedSchema: z.ZodType<number> = z.int().min(0);
export const spawnEndingSchema: z.ZodType<SpawnEnding> = z.discriminatedUnion("type", [
  z.object({ type: z.literal("exited"), exitCode: z.int() }),
  z.object({ type: z.literal("killed"), signal: z.string() }),
  z.object({ type: z.literal("failed"), reason: z.string() }),
]);
export const readSchema: z.ZodType<{ text: string; totalBytes: number; isBinary: boolean }> = z.object({
  text: z.string(),
  totalBytes: z.number(),
  isBinary: z.boolean(),
});
export const listSchema: z.ZodType<{ entries: FileEntry[]; truncated: boolean }> = z.object({
  entries: z.array(
    z.object({ path: z.string(), type: z.enum(["file", "directory", "symlink"]), bytes: z.number() }),
  ),
  truncated: z.boolean(),
});
export const searchSchema: z.ZodType<{ matches: FileMatch[]; truncated: boolean }> = z.object({
  matches: z.array(z.object({ path: z.string(), line: z.number(), text: z.string() })),
  truncated: z.boolean(),
});
