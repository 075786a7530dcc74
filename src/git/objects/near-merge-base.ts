import { commitOf, parentsOf } from "./near-ancestor.ts";
import type { Repository } from "../repository.ts";

/** Commits that are looked at on the way to where two parted. */
const most = 256;

/**
 * The one commit at which two parted; null where there is more than one, or none near.
 * It is the one where all else that leads to either goes back to it or to what led to it, and nothing else is in both.
 */
export async function nearMergeBase(
  repo: Repository,
  [one, other]: readonly [string, string],
): Promise<string | null> {
  const [first = null, second = null] = await Promise.all([one, other].map((name) => commitOf(repo, name)));
  if (first === null || second === null) return null;
  const before = new Set((await walk(repo, first, new Set())).seen);
  const base = await firstOf(repo, second, before);
  if (base === null) return null;
  const old = (await walk(repo, base, new Set())).seen;
  const [mine, theirs] = await Promise.all([first, second].map((from) => walk(repo, from, old)));
  if (mine?.isWhole !== true || theirs?.isWhole !== true) return null;
  return [...mine.seen].some((commit) => theirs.seen.has(commit)) ? null : base;
}

/**
 * What leads to a commit, itself included, up to what is in `until`. `isWhole`: all of it is seen, and all of it goes back to
 * something in `until`.
 */
async function walk(
  repo: Repository,
  from: string,
  until: ReadonlySet<string>,
): Promise<{ seen: Set<string>; isWhole: boolean }> {
  const seen = new Set<string>();
  const waiting = until.has(from) ? [] : [from];
  let isWhole = true;
  // Grows as it is gone through: the near ones come first.
  for (const commit of waiting) {
    if (seen.has(commit)) continue;
    if (seen.size === most) return { seen, isWhole: false };
    seen.add(commit);
    const parents = await parentsOf(repo, commit);
    if (parents.length === 0) isWhole = false;
    waiting.push(...parents.filter((parent) => !until.has(parent)));
  }
  return { seen, isWhole };
}

/** The nearest of what leads to a commit that is in `wanted`. */
async function firstOf(repo: Repository, from: string, wanted: ReadonlySet<string>): Promise<string | null> {
  const waiting = [from];
  const seen = new Set<string>();
  for (const commit of waiting) {
    if (wanted.has(commit)) return commit;
    if (seen.size === most) return null;
    if (!seen.has(commit)) waiting.push(...(await parentsOf(repo, commit)));
    seen.add(commit);
  }
  return null;
}
