import { createHash } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Tools whose version a gate's verdict may depend on. */
const tools = [
  "node",
  "npm",
  "pnpm",
  "yarn",
  "bun",
  "deno",
  "python3",
  "uv",
  "cargo",
  "rustc",
  "go",
  "java",
  "make",
  "cc",
];

/** What a verdict or an install depends on besides the tree: the kind of sandbox, and the tools on the person's PATH. */
export function toolchainOf(sandboxes: { name: string }, env: NodeJS.ProcessEnv): string {
  return `${sandboxes.name} ${toolsId(env["PATH"] ?? "")}`;
}

/** Changes when a tool on PATH is another file than before: verdicts of older tools are not used again. */
function toolsId(path: string): string {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const tool of tools) hash.update(`\0${tool}=${fingerprint(path, tool)}`);
  return hash.digest("hex").slice(0, 16);
}

function fingerprint(path: string, tool: string): string {
  for (const folder of path.split(delimiter)) {
    try {
      // Asked for each gate, and most folders have none of the tools: an exception each would cost more than the look.
      const found = statSync(join(folder, tool), { throwIfNoEntry: false });
      if (found === undefined) continue;
      return `${realpathSync(join(folder, tool))}:${found.size}:${found.mtimeMs}`;
    } catch {
      // Not in this folder, or gone between the two looks.
    }
  }
  return "";
}
