import { randomUUID } from "node:crypto";
import { readerEnv } from "../processes/git-env.ts";
import { standingOf } from "../processes/standing-of.ts";
import type { Repository } from "../repository.ts";
import { diffTrees } from "./diff-trees.ts";
import { patchFlags } from "./patch.ts";
import { findObject } from "./read-objects.ts";

/** Git reads attributes and configuration once in its life; a patch is by those of ten seconds ago at most. */
const oldestMs = 10_000;

const mostFiles = 64;

/** Of all files on both sides: a long answer is better read from a process of its own. */
const mostBytes = 2 * 1024 * 1024;

/**
 * The patch from one tree to another with three lines around each change, by a process that stands by.
 * @returns null where it may be long
 */
export async function smallPatch(
  repo: Repository,
  range: { from: string; to: string },
): Promise<string | null> {
  const changes = await diffTrees(repo, range);
  if (changes.length > mostFiles) return null;
  const ids = changes.flatMap(({ oldId, newId }) => [oldId, newId]).filter((id) => !/^0+$/.test(id));
  const found = await Promise.all(ids.map((id) => findObject(repo, id)));
  if (found.reduce((sum, object) => sum + (object?.bytes ?? 0), 0) > mostBytes) return null;
  const writer = standingOf(repo, {
    cwd: repo.root,
    args: [...patchFlags, "--stdin"],
    env: readerEnv,
    asksAgain: true,
    oldestMs,
  });
  // It gives back what is no pair of trees, and with it all that it has kept to itself.
  const end = `${randomUUID()}\n`;
  const header = `${range.from} ${range.to}\n`;
  return writer.ask(`${header}${end}`, (bytes) => {
    const at = bytes.indexOf(end);
    return at === -1
      ? { needs: bytes.length + 1 }
      : { answer: bytes.toString("utf8", header.length, at), end: at + end.length };
  });
}
