import { z } from "zod";
import { countLines } from "./count-lines.ts";
import { defineTool, type Tool } from "../tool.ts";

export const writeTool: Tool = defineTool({
  name: "write",
  description: "Create a file or replace all of it. Folders are made as needed. To change a part, use edit.",
  input: z.object({ path: z.string().min(1), content: z.string() }),
  isReadOnly: false,
  isRepeatable: true,
  describe: ({ path, content }) => `writes ${path} +${countLines(content)}`,
  run: async ({ path, content }, { sandbox }) => {
    await sandbox.writeFile(path, content);
    return `${path} written: ${countLines(content)} lines.`;
  },
});
