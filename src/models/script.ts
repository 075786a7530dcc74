import { readFile } from "node:fs/promises";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { AgentxError, type Problem } from "../core/error.ts";
import type { ModelErrorKind } from "./model.ts";

/** What a scripted model says once: text, tool calls, or a failure. */
export type ScriptTurn = {
  say?: string;
  /** One tool call: the tool's name and its arguments, side by side. */
  call?: ScriptCall;
  /** Several at once; they come after `call` where both are given. */
  calls?: ScriptCall[];
  /** How long the turn takes; its text comes in pieces meanwhile. */
  pauseMs?: number;
  fail?: { kind: ModelErrorKind; message: string };
  stop?: "refusal" | "length";
};

export type ScriptCall = { tool: string; [argument: string]: unknown };

/** A model's part, written beforehand: task → role or `role@attempt` → turns. See docs/models.md. */
export type Script = { tasks: Record<string, Record<string, ScriptTurn[]>>; planner: ScriptTurn[] };

const errorKinds = [
  "auth",
  "not-found",
  "quota",
  "rate-limit",
  "overloaded",
  "network",
  "truncated",
  "context-length",
  "bad-request",
] as const satisfies ModelErrorKind[];

const call: z.ZodType<ScriptCall> = z.looseObject({ tool: z.string().min(1) });

const turn: z.ZodType<ScriptTurn> = z.strictObject({
  say: z.string().exactOptional(),
  call: call.exactOptional(),
  calls: z.array(call).exactOptional(),
  pauseMs: z.number().nonnegative().exactOptional(),
  fail: z.strictObject({ kind: z.enum(errorKinds), message: z.string() }).exactOptional(),
  stop: z.enum(["refusal", "length"]).exactOptional(),
});

const roleKey: z.ZodString = z
  .string()
  .regex(
    /^(plan|research|implement|review|resolve)(@[1-9]\d*)?$/,
    "not a role: plan, research, implement, review or resolve, with @<attempt> where wanted",
  );

const script: z.ZodType<Script> = z.strictObject({
  tasks: z.record(z.string(), z.record(roleKey, z.array(turn))).default({}),
  planner: z.array(turn).default([]),
});

/** @throws AgentxError SCRIPT_INVALID with every problem as `file:line`, SCRIPT_NOT_FOUND when it cannot be read */
export async function loadScript(file: string): Promise<Script> {
  return parseScript(await readScript(file), file);
}

/** @throws AgentxError SCRIPT_INVALID with every problem as `file:line` */
export function parseScript(text: string, file: string): Script {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineAt = (offset: number): string => `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    throw invalid(document.errors.map((error) => ({ where: lineAt(error.pos[0]), what: firstLine(error) })));
  }
  const parsed = script.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  throw invalid(
    parsed.error.issues.map(({ path, message }) => ({
      where: lineAt(offsetOf(document, path)),
      what: path.length === 0 ? message : `${path.join(".")}: ${message}`,
    })),
  );
}

function firstLine(error: Error): string {
  return error.message.split("\n", 1)[0] ?? error.message;
}

function invalid(problems: Omit<Problem, "hint">[]): AgentxError {
  const hint = "docs/models.md of the package agentx-cli shows the form of a script";
  return new AgentxError(
    "SCRIPT_INVALID",
    problems.map((problem) => ({ ...problem, hint })),
  );
}

/** Where the value at `path` begins; the nearest parent's place when there is none. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

async function readScript(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new AgentxError("SCRIPT_NOT_FOUND", { where: file, what, hint: "check the path after scripted/" });
  }
}
