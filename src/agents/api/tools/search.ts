import { z } from "zod";
import { defineTool, ToolError, type Tool } from "../tool.ts";

const maxMatches = 60;
const maxLineLength = 200;

export const searchTool: Tool = defineTool({
  name: "search",
  description: "Find lines that match a JavaScript regular expression. Gives path:line: text.",
  input: z.object({
    pattern: z.string().min(1),
    path: z.string().optional().describe("folder or file, . unless given"),
    glob: z.string().optional().describe("e.g. **/*.ts"),
  }),
  isReadOnly: true,
  isRepeatable: true,
  describe: ({ pattern, path }) => `searches for ${pattern}${path === undefined ? "" : ` in ${path}`}`,
  run: async ({ pattern, path = ".", glob }, { sandbox }) => {
    checkPattern(pattern);
    const { matches, truncated } = await sandbox.search(pattern, {
      path,
      glob: glob ?? null,
      limit: maxMatches,
    });
    if (matches.length === 0) return "(no line matches)";
    const lines = matches.map(
      (match) => `${match.path}:${match.line}: ${match.text.trim().slice(0, maxLineLength)}`,
    );
    return (
      lines.join("\n") + (truncated ? `\n[only the first ${matches.length} matches; narrow the search]` : "")
    );
  },
});

function checkPattern(pattern: string): void {
  try {
    new RegExp(pattern);
  } catch (error) {
    throw new ToolError(error instanceof Error ? error.message : String(error));
  }
}
