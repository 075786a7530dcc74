import { z } from "zod";
import type { FileEntry } from "../../../sandbox/sandbox.ts";
import { defineTool, type Tool } from "../tool.ts";

const maxEntries = 200;

export const listTool: Tool = defineTool({
  name: "list",
  description: "List a folder, without .git and node_modules.",
  input: z.object({
    path: z.string().optional().describe(". unless given"),
    depth: z.int().min(1).max(8).optional().describe("2 unless given"),
  }),
  isReadOnly: true,
  isRepeatable: true,
  describe: ({ path }) => `lists ${path ?? "."}`,
  run: async ({ path = ".", depth = 2 }, { sandbox }) => {
    const { entries, truncated } = await sandbox.list(path, { depth, limit: maxEntries });
    if (entries.length === 0) return "(the folder is empty)";
    const more = truncated ? `\n[only the first ${entries.length} entries; list a folder further down]` : "";
    return entries.map(nameOf).join("\n") + more;
  },
});

function nameOf({ path, type }: FileEntry): string {
  if (type === "directory") return `${path}/`;
  return type === "symlink" ? `${path}@` : path;
}
