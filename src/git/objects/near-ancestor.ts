import { BoundedMap } from "../../sys/bounded-map.ts";
import { findObject, readObject } from "./read-objects.ts";
import type { Repository } from "../repository.ts";

/** Commits that are looked at before git is asked, which reads many of them faster. */
const defaultMost = 64;

const keptCommits = 10_000;
const kept = new WeakMap<Repository, BoundedMap<readonly string[]>>();

/**
 * Whether one commit is among the last that led to another; null where that takes more than a look at `most` of those, or one
 * is missing.
 */
export async function isNearAncestor(
  repo: Repository,
  { ancestor, descendant, most = defaultMost }: { ancestor: string; descendant: string; most?: number },
): Promise<boolean | null> {
  const [goal = null, start = null] = await Promise.all(
    [ancestor, descendant].map((name) => commitOf(repo, name)),
  );
  if (goal === null || start === null) return null;
  const seen = new Set([start]);
  // Grows as it is gone through: the near ones come first.
  const waiting = [start];
  for (const [read, commit] of waiting.entries()) {
    if (commit === goal) return true;
    if (read === most) return null;
    for (const parent of await parentsOf(repo, commit)) {
      if (!seen.has(parent)) waiting.push(parent);
      seen.add(parent);
    }
  }
  return false;
}

/** The full id of a commit, or null. One whose parents are known is not looked for again. */
export async function commitOf(repo: Repository, name: string): Promise<string | null> {
  if (kept.get(repo)?.get(name) !== undefined) return name;
  return (await findObject(repo, `${name}^{commit}`))?.id ?? null;
}

/** None of a commit that is not there: where a shallow clone ends. */
export async function parentsOf(repo: Repository, commit: string): Promise<readonly string[]> {
  const commits = kept.get(repo) ?? new BoundedMap<readonly string[]>(keptCommits);
  kept.set(repo, commits);
  const known = commits.get(commit);
  if (known !== undefined) return known;
  const found = await readObject(repo, commit);
  const [header = ""] = found?.content.toString("latin1").split("\n\n", 1) ?? [];
  const parents = Array.from(header.matchAll(/^parent ([0-9a-f]+)$/gm), ([, parent = ""]) => parent);
  if (found !== null) commits.set(commit, parents, 1);
  return parents;
}
