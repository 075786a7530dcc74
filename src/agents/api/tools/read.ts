import { z } from "zod";
import { defineTool, ToolError, type Tool } from "../tool.ts";

const maxFileBytes = 4 * 1024 * 1024;
const maxShownBytes = 8 * 1024;
const maxLineLength = 600;

export const readTool: Tool = defineTool({
  name: "read",
  description: "Read a text file, with line numbers. Long files come in pieces: go on with offset.",
  input: z.object({
    path: z.string().min(1),
    offset: z.int().min(1).optional().describe("first line, from 1"),
    limit: z.int().min(1).optional().describe("lines, 200 unless given"),
  }),
  isReadOnly: true,
  isRepeatable: true,
  describe: ({ path }) => `reads ${path}`,
  run: async ({ path, offset = 1, limit = 200 }, { sandbox }) => {
    const file = await sandbox.readFile(path, { offset: 0, maxBytes: maxFileBytes });
    if (file.isBinary) throw new ToolError(`${path} is a binary file of ${file.totalBytes} bytes`);
    if (file.text === "") return "(the file is empty)";
    const lines = file.text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    if (offset > lines.length) throw new ToolError(`${path} has only ${lines.length} lines`);
    const shown = fit(lines.slice(offset - 1, offset - 1 + limit), offset);
    const last = offset + shown.length - 1;
    const more =
      last < lines.length
        ? `\n[lines ${offset}–${last} of ${lines.length}; go on with offset ${last + 1}]`
        : "";
    const rest =
      file.totalBytes > maxFileBytes
        ? `\n[only the first ${maxFileBytes} bytes of ${file.totalBytes} can be read here; use shell]`
        : "";
    return shown.join("\n") + more + rest;
  },
});

/** Numbered lines, as many as fit; at least one. */
function fit(lines: string[], first: number): string[] {
  const shown: string[] = [];
  let bytes = 0;
  for (const [index, line] of lines.entries()) {
    const text = `${first + index}\t${clip(line)}`;
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > maxShownBytes && shown.length > 0) break;
    shown.push(text);
  }
  return shown;
}

function clip(line: string): string {
  if (line.length <= maxLineLength) return line;
  return `${line.slice(0, maxLineLength)} [… the line has ${line.length} characters]`;
}
