import { z } from "zod";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import { defineTool, ToolError, type Tool } from "../tool.ts";
import { countLines } from "./count-lines.ts";
import { lineAt, nearestLines } from "./nearest-lines.ts";

const maxFileBytes = 4 * 1024 * 1024;

export const editTool: Tool = defineTool({
  name: "edit",
  description:
    "Replace old_text by new_text in a file. old_text must be in the file exactly (white space too, no line numbers) and once, unless replace_all.",
  input: z.object({
    path: z.string().min(1),
    old_text: z.string().min(1),
    new_text: z.string(),
    replace_all: z.boolean().optional(),
  }),
  isReadOnly: false,
  isRepeatable: false,
  describe: ({ path, old_text, new_text }) =>
    `edits ${path} +${countLines(new_text)} −${countLines(old_text)}`,
  run: async ({ path, old_text, new_text, replace_all = false }, { sandbox }) => {
    const text = await readWhole(path, sandbox);
    // The model sees no \r: in a file with Windows line ends it means them all the same.
    const crlf = text.includes("\r\n") && !old_text.includes("\r");
    const [from, to] = crlf ? [windows(old_text), windows(new_text)] : [old_text, new_text];
    if (from === to) throw new ToolError("old_text and new_text are the same");
    const parts = text.split(from);
    if (parts.length === 1) throw new ToolError(notFound(path, { text, from, to }));
    if (parts.length > 2 && !replace_all) throw new ToolError(ambiguous(path, { text, from }));
    await sandbox.writeFile(path, parts.join(to));
    const places =
      parts.length === 2 ? `line ${lineAt(text, text.indexOf(from))}` : `${parts.length - 1} places`;
    return `${path} changed at ${places}.`;
  },
});

async function readWhole(path: string, sandbox: Sandbox): Promise<string> {
  const { text, totalBytes, isBinary } = await sandbox.readFile(path, { offset: 0, maxBytes: maxFileBytes });
  if (isBinary) throw new ToolError(`${path} is a binary file`);
  if (totalBytes > maxFileBytes)
    throw new ToolError(`${path} has ${totalBytes} bytes: too large to edit here; use shell`);
  // Bytes that are not UTF-8 were replaced on reading; writing the text back would destroy them.
  if (text.includes("\uFFFD")) throw new ToolError(`${path} is not plain UTF-8; use shell to change it`);
  return text;
}

function windows(text: string): string {
  return text.replaceAll("\n", "\r\n");
}

function notFound(path: string, { text, from, to }: { text: string; from: string; to: string }): string {
  if (to !== "" && text.includes(to)) {
    return `old_text is not in ${path}, but new_text is, at line ${lineAt(text, text.indexOf(to))}: this edit seems to be made already.`;
  }
  const near = nearestLines(text, from);
  return `old_text is not in ${path}; nothing was changed.${near === "" ? "" : ` The nearest lines are:\n${near}`}`;
}

function ambiguous(path: string, { text, from }: { text: string; from: string }): string {
  const lines: number[] = [];
  for (let at = text.indexOf(from); at !== -1; at = text.indexOf(from, at + from.length))
    lines.push(lineAt(text, at));
  const shown = lines.slice(0, 10).join(", ") + (lines.length > 10 ? ", …" : "");
  return `old_text is in ${path} ${lines.length} times (lines ${shown}); nothing was changed. Give more lines around it, or replace_all.`;
}
