import { existsSync } from "node:fs";
import { lstat, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Detected, detectProject } from "../config/detect.ts";
import type { ImportedAgents } from "../config/dispatch/imported-agents.ts";
import { renderConfig } from "../config/init.ts";
import { AgentxError } from "../core/error.ts";
import { inspectRepository } from "../git/inspect-repository.ts";
import { listWorkingFiles } from "../git/list-files.ts";
import { defaultModels } from "../models/default-models.ts";
import { findPrograms } from "./found-programs.ts";
import { configFiles, detectAt } from "./prepare.ts";
import { requireWritable } from "./require-writable.ts";
import type { Workspace } from "./workspace.ts";

export type FirstConfig = {
  text: string;
  detected: Detected;
  /** Who does what by the keys that are set, or null where none is. */
  who: string | null;
};

/** Where docs/config.md says it is; an editor that does not find it only offers no completion. */
const schema = "./node_modules/agentx-cli/schema/agentx.schema.json";

/** A first agentx.yaml from what is found, and from what another tool was told. */
export async function proposeConfig(
  workspace: Workspace,
  imported: ImportedAgents | null = null,
): Promise<FirstConfig> {
  const detected = await detectHere(workspace);
  const byKeys = defaultModels(workspace.env);
  const found = await findPrograms(workspace.env, workspace.repo.root);
  const text = renderConfig({ detected, models: byKeys?.models ?? null, found, imported, schema });
  return { text, detected, who: byKeys?.who ?? null };
}

/** @returns the file's name. @throws AgentxError CONFIG_EXISTS, UNWRITABLE; nothing of the person's is overwritten */
export async function writeConfig({ repo }: Workspace, text: string): Promise<string> {
  const there = configFiles.find((name) => existsSync(join(repo.root, name)));
  if (there !== undefined) throw exists(there);
  requireWritable(repo.root, "own");
  const [file] = configFiles;
  try {
    await writeFile(join(repo.root, file), text, { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") throw exists(file);
    throw error;
  }
  return file;
}

/** The commit that a run would start from; before the first commit, the files that would be in it. */
export async function detectHere(workspace: Workspace): Promise<Detected> {
  const { repo } = workspace;
  const { commit } = await inspectRepository(repo);
  if (commit !== null) return detectAt(workspace, commit);
  return detectProject({
    files: await listWorkingFiles(repo),
    read: async (path) => {
      const file = join(repo.root, path);
      const isFile = (await lstat(file).catch(() => null))?.isFile() ?? false;
      return isFile ? readFile(file, "utf8") : null;
    },
  });
}

function exists(file: string): AgentxError {
  return new AgentxError("CONFIG_EXISTS", {
    where: file,
    what: "the file is there already, and nothing of yours is overwritten",
    hint: "agentx init --print shows what it would write",
  });
}
