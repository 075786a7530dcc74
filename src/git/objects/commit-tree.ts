import { effect } from "../../sys/failpoint.ts";
import { noSuchObject, requireObject } from "./read-objects.ts";
import type { Repository } from "../repository.ts";
import { whoSigns } from "./who-signs.ts";
import { writeObjects } from "./write-objects.ts";

export type NewCommit = {
  /** A full id, like the parents'. */
  tree: string;
  parents: readonly string[];
  message: string;
};

/**
 * Writes a commit and gives its id. No ref moves, nothing is signed, no hook runs.
 * @throws AgentxError GIT_FAILED, also where a parent or the tree is not there
 */
export async function commitTree(repo: Repository, { tree, parents, message }: NewCommit): Promise<string> {
  // Git's own commit-tree looks for them too; what writes any object does not.
  await Promise.all([
    requireKind(repo, [tree, "tree"]),
    ...parents.map((id) => requireKind(repo, [id, "commit"])),
  ]);
  const { author, committer } = await whoSigns(repo);
  const at = timeNow();
  const lines = [
    `tree ${tree}`,
    ...new Set(parents.map((parent) => `parent ${parent}`)),
    `author ${author} ${at}`,
    `committer ${committer} ${at}`,
    "",
    message.replaceAll("\0", ""),
  ];
  const text = lines.join("\n");
  const [id = ""] = await effect("git.commit-tree", () =>
    writeObjects(repo, "commit", [text.endsWith("\n") ? text : `${text}\n`]),
  );
  return id;
}

async function requireKind(
  repo: Repository,
  [id, type]: [id: string, type: "tree" | "commit"],
): Promise<void> {
  const found = await requireObject(repo, id);
  if (found.id !== id || found.type !== type) throw noSuchObject(id);
}

/** Seconds since 1970 and the zone of this machine, as a commit has them. */
function timeNow(): string {
  const now = new Date();
  const ahead = -now.getTimezoneOffset();
  const parts = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60];
  const zone = parts.map((part) => String(part).padStart(2, "0")).join("");
  return `${Math.floor(now.getTime() / 1000)} ${ahead < 0 ? "-" : "+"}${zone}`;
}
