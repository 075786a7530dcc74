const telling = ["command", "file_path", "path", "filePath", "pattern", "url", "description", "query"];
const maxLength = 120;

/** `Bash npm test`: the tool and the one argument that says most, in one line. */
export function toolActivity(tool: string, input: unknown): string {
  const values = typeof input === "object" && input !== null ? new Map(Object.entries(input)) : new Map();
  const argument = telling
    .map((name): unknown => values.get(name))
    .find((value) => typeof value === "string");
  const line = `${tool} ${String(argument ?? "")}`.replaceAll(/\s+/g, " ").trim();
  return line.length > maxLength ? `${line.slice(0, maxLength - 1)}…` : line;
}
