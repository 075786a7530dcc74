import type { Resolution } from "../context/flags/find-badly-resolved.ts";
import { mergeBase, mergesIn } from "../git/objects/read-commits.ts";
import { changedFiles, readFilesAt } from "../git/objects/read-files.ts";
import type { Repository } from "../git/repository.ts";

type Range = { from: string; to: string };

/** What became of each file that both sides of a task's own merges had changed, in the commit `to`. */
export async function readResolutions(repo: Repository, { from, to }: Range): Promise<Resolution[]> {
  const merges = await mergesIn(repo, { from, to });
  const read = merges.map(async ([task, landed]): Promise<Resolution[]> => {
    const parted = await mergeBase(repo, [task, landed]);
    if (parted === null) return [];
    const [ours, theirs] = await Promise.all(
      [task, landed].map((side) => changedFiles(repo, { from: parted, to: side })),
    );
    const both = (ours ?? []).filter(({ path }) => theirs?.some((other) => other.path === path));
    const commits = [parted, task, landed, to];
    const texts = await readFilesAt(
      repo,
      both.flatMap(({ path }) => commits.map((commit) => ({ commit, path }))),
    );
    return both.map(({ path }, at) => {
      const [before = null, mine = null, others = null, resolved = null] = texts.slice(4 * at);
      return { path, before, task: mine, landed: others, resolved };
    });
  });
  return (await Promise.all(read)).flat();
}
