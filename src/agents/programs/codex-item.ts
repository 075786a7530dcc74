import { z } from "zod";
import { toolActivity } from "../guest/tool-activity.ts";

export type CodexItem = { type: string; [key: string]: unknown };

const changed = z.object({ changes: z.array(z.object({ path: z.string() })), status: z.string() });
const called = z.object({ server: z.string(), tool: z.string(), arguments: z.unknown() });

/** What an item says that it does, once; null for one that does nothing. */
export function codexActivity(item: CodexItem, isCompleted: boolean): string | null {
  switch (item.type) {
    case "command_execution":
      return isCompleted ? null : toolActivity("exec", { command: bareCommand(String(item["command"])) });
    case "file_change": {
      const { data } = changed.safeParse(item);
      if (data === undefined) return null;
      const paths = data.changes.map(({ path }) => path).join(" ");
      if (!isCompleted) return toolActivity("edit", { path: paths });
      return data.status === "failed" ? toolActivity("edit failed:", { path: paths }) : null;
    }
    case "mcp_tool_call": {
      const { data } = called.safeParse(item);
      return isCompleted || data === undefined
        ? null
        : toolActivity(`${data.server} ${data.tool}`, data.arguments);
    }
    case "web_search":
      return isCompleted ? toolActivity("search", { query: item["query"] }) : null;
    case "reasoning":
      return isCompleted ? toolActivity("thinks:", { description: item["text"] }) : null;
    default:
      return null;
  }
}

/** `/bin/bash -c 'npm test'`: the command without the shell around it. */
function bareCommand(command: string): string {
  const inner = /^\S*\/(?:ba|z|da)?sh -l?c ([\s\S]*)$/.exec(command)?.[1];
  if (inner === undefined) return command;
  return inner.replaceAll(`'"'"'`, "'").replace(/^(['"])([\s\S]*)\1$/, "$2");
}
