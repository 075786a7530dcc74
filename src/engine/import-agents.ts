import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { importDispatch } from "../config/dispatch/import-dispatch.ts";
import type { ImportedAgents } from "../config/dispatch/imported-agents.ts";
import { AgentxError } from "../core/error.ts";
import type { Env } from "../sys/paths.ts";

/**
 * What the Dispatch skill's configuration says about agents; nothing is written.
 * @param file as the person named it, or null for the usual place
 * @throws AgentxError NO_DISPATCH_CONFIG, DISPATCH_INVALID
 */
export async function importAgents(
  file: string | null,
  { cwd, env }: { cwd: string; env: Env },
): Promise<ImportedAgents> {
  const usual = join(env["HOME"] ?? homedir(), ".dispatch", "config.yaml");
  const path = file === null ? usual : resolve(cwd, file);
  // It goes into a file that is committed, where nobody's HOME belongs.
  const shown = file ?? "~/.dispatch/config.yaml";
  try {
    return importDispatch({ text: await readFile(path, "utf8"), file: shown });
  } catch (error) {
    if (error instanceof AgentxError || !(error instanceof Error) || !("code" in error)) throw error;
    const why = error.code === "ENOENT" ? "there is no such file" : `it cannot be read: ${error.message}`;
    throw new AgentxError("NO_DISPATCH_CONFIG", {
      where: file ?? path,
      what: why,
      hint: "name the file: agentx init --from-dispatch <file>",
    });
  }
}
