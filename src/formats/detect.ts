import { AgentxError } from "../core/error.ts";
import type { Plan, PlanFormat } from "../core/plan.ts";
import { looksLikeDispatch, scanDispatch } from "./dispatch.ts";
import { parseJson, type JsonNode } from "./json-source.ts";
import { looksLikePlan, scanPlan } from "./plan-md.ts";
import { scanRalphJson } from "./ralph-json.ts";
import { looksLikeRalphPrd, scanRalphPrd } from "./ralph-prd.ts";
import { acceptScan, type PlanSource, type Scan } from "./scan.ts";
import { hasSpecKitMarks, looksLikeSpecKit, scanSpecKit } from "./spec-kit.ts";
import { scanTaskmaster } from "./taskmaster.ts";

/** How each format that is a file is read; a planner's plan has no file of its own. */
export const scanners: Record<Exclude<PlanFormat, "planner">, (source: PlanSource) => Scan> = {
  plan: scanPlan,
  dispatch: scanDispatch,
  "ralph-json": scanRalphJson,
  "ralph-prd": scanRalphPrd,
  "spec-kit": scanSpecKit,
  taskmaster: scanTaskmaster,
};

/**
 * The plan in a text, or null for a PRD in free text, which is the planner's to read.
 *
 * @throws AgentxError `PLAN_INVALID` with every problem and its place: also for JSON that is broken, or that
 * is no plan.
 */
export function readPlan(source: PlanSource): Plan | null {
  const format = detectFormat(source);
  return format === null ? null : acceptScan(scanners[format](source));
}

function detectFormat(source: PlanSource): keyof typeof scanners | null {
  const named = source.file.toLowerCase().endsWith(".json");
  if (named || /^\uFEFF?\s*\{/.test(source.text)) {
    const root = readJson(source, named);
    const format = root === null ? null : jsonFormat(root);
    if (format !== null || !named) return format;
    throw new AgentxError("PLAN_INVALID", {
      where: source.file,
      what: `the file is JSON, but has neither "userStories" (Ralph) nor "tasks" (Taskmaster)`,
      hint: "Hand in one of these, or a plan or PRD in Markdown.",
    });
  }
  const { text } = source;
  // The surest mark first: a plan.md may number its tasks T001, spec-kit's may stand under "## Tasks" too.
  if (hasSpecKitMarks(text)) return "spec-kit";
  if (looksLikePlan(text)) return "plan";
  if (looksLikeSpecKit(text)) return "spec-kit";
  if (looksLikeRalphPrd(text)) return "ralph-prd";
  return looksLikeDispatch(text) ? "dispatch" : null;
}

/** Prose may begin with a brace, so only a file that is named .json has to be JSON. */
function readJson(source: PlanSource, mustBe: boolean): JsonNode | null {
  try {
    return parseJson(source);
  } catch (error) {
    if (error instanceof AgentxError && !mustBe) return null;
    throw error;
  }
}

function jsonFormat(root: JsonNode): "ralph-json" | "taskmaster" | null {
  if (root.type !== "object") return null;
  if (root.members.has("userStories")) return "ralph-json";
  const lists = [root, ...root.members.values()];
  const hasTasks = lists.some(
    (node) => node.type === "object" && node.members.get("tasks")?.type === "array",
  );
  return hasTasks ? "taskmaster" : null;
}
