import { readGit } from "./processes/read-git.ts";
import type { Repository } from "./repository.ts";

/** Every path in the person's checkout that git tracks or would, relative to the root. */
export async function listWorkingFiles({ root }: Repository): Promise<string[]> {
  const text = await readGit(root, [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
    "--deduplicate",
  ]);
  return text.split("\0").filter((path) => path !== "");
}
