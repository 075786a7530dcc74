import { listFilesAt, readFileAt } from "../git/objects/read-files.ts";
import type { Repository } from "../git/repository.ts";

/** A commit's files and their texts, as the prompts see them. */
export async function repositoryView(
  repo: Repository,
  commit: string,
): Promise<{ files: readonly string[]; readAtBase: (path: string) => Promise<string | null> }> {
  return { files: await listFilesAt(repo, commit), readAtBase: (path) => readFileAt(repo, { commit, path }) };
}
