import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeFileAtomic } from "../../sys/atomic-write.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";

/** Installed dependencies outlive a lease: they are the expensive part. */
export const keptFolders: readonly string[] = ["node_modules", ".venv"];

/** What a write of the sandbox's helper leaves where it is killed in the middle (`src/sandbox/inside/files.ts`). */
const halfWritten = ".agentx-*.tmp";

/**
 * Writes the ignore file of all worktrees: the person's own global one, the kept folders, and half-written files. A new project may not have
 * a `.gitignore` yet, and a worker's first install must not become its commit; what is tracked there stays tracked.
 * @returns the config entry that makes git use it.
 */
export async function ignoreKeptFolders(repo: Repository, path: string): Promise<string> {
  const args = ["config", "--get", "--type=path", "core.excludesFile"];
  const { stdout } = await runGit({ cwd: repo.root }, args, { expect: [0, 1] });
  const config = process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
  const theirs = stdout.trim() === "" ? join(config, "git", "ignore") : stdout.trim();
  const text = await readFile(theirs, "utf8").catch(() => "");
  await writeFileAtomic(path, `${text}\n${[...keptFolders, halfWritten].join("\n")}\n`);
  return `core.excludesFile=${path}`;
}
