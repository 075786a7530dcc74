import type { ToolSpec } from "../../../models/model.ts";
import type { WorkerJob } from "../../agent.ts";
import type { Tool } from "../tool.ts";
import { askSpec } from "./ask.ts";
import { editTool } from "./edit.ts";
import { finishSpec } from "./finish.ts";
import { listTool } from "./list.ts";
import { readTool } from "./read.ts";
import { searchTool } from "./search.ts";
import { shellTool } from "./shell.ts";
import { writeTool } from "./write.ts";

const all: readonly Tool[] = [readTool, searchTool, listTool, editTool, writeTool, shellTool];

/** What a job may do: the tools that work, and the specs of these and of what ends a job. */
export type Toolset = { tools: ReadonlyMap<string, Tool>; specs: readonly ToolSpec[] };

/** In one order whatever order the job names them in: the specs are part of the prefix that providers cache. */
export function toolsetFor(job: Pick<WorkerJob, "tools" | "submit">): Toolset {
  const tools = all.filter(({ spec }) => (job.tools as readonly string[]).includes(spec.name));
  const enders = [askSpec, finishSpec].filter(({ name }) => (job.tools as readonly string[]).includes(name));
  return {
    tools: new Map(tools.map((tool) => [tool.spec.name, tool])),
    specs: [...tools.map(({ spec }) => spec), ...enders, ...(job.submit === null ? [] : [job.submit.tool])],
  };
}
