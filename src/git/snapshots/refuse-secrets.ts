import type { FindSecrets } from "../../core/secrets/find-secrets.ts";
import type { Secrets } from "../../sys/secrets.ts";
import { type AddedLines, linesBetween } from "../objects/added-lines.ts";
import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";
import { treeRefused } from "./tree-policy.ts";

type Policy = {
  secrets: Secrets;
  /** Globs of files in which what only looks like a secret may stand; the run's own never may. */
  allow: readonly string[];
};

type Found = { path: string; line: number; kind: string; value: string };

const maxNamed = 20;

/**
 * Refuses a tree that adds a secret to what was there before. What the base holds is not the worker's to mend, also where a
 * line with it was changed or moved.
 * @throws AgentxError TREE_REFUSED with the place and kind of each, never the value
 */
export async function refuseSecrets(
  repo: Repository,
  range: { from: string; to: string },
  { secrets, allow }: Policy,
): Promise<void> {
  const { added, removed } = await linesBetween(repo, range);
  const own = added.flatMap((lines) => findIn(lines, secrets.findOwn));
  const any = added.flatMap((lines) => findIn(lines, secrets.findAny));
  if (any.length === 0 && own.length === 0) return;
  const before = new Set(secrets.findAny(removed).map(({ start, end }) => removed.slice(start, end)));
  const allowed = await matching(repo, range, allow);
  const isNew = ({ value }: Found): boolean => !before.has(value);
  const isOwn = new Set(own.map(placeOf));
  const found = any.filter((one) => isNew(one) && (isOwn.has(placeOf(one)) || !allowed.has(one.path)));
  if (found.length === 0) return;
  const places = found.map((one) => ({
    path: placeOf(one),
    what: `adds a secret (${one.kind}), take it out`,
  }));
  throw treeRefused(places.slice(0, maxNamed));
}

function placeOf({ path, line }: Found): string {
  return `${path}:${line}`;
}

function findIn({ path, line, text }: AddedLines, find: FindSecrets): Found[] {
  let counted = 0;
  let at = line;
  return find(text).map(({ kind, start, end }) => {
    for (let next = text.indexOf("\n", counted); next !== -1 && next < start;) {
      at += 1;
      counted = next + 1;
      next = text.indexOf("\n", counted);
    }
    return { path, line: at, kind, value: text.slice(start, end) };
  });
}

async function matching(
  repo: Repository,
  { from, to }: { from: string; to: string },
  globs: readonly string[],
): Promise<ReadonlySet<string>> {
  if (globs.length === 0) return new Set();
  const specs = globs.map((glob) => `:(top,glob)${glob}`);
  const args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to, "--", ...specs];
  return new Set((await runGit({ cwd: repo.root }, args)).stdout.split("\0"));
}
