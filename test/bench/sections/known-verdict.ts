import { join } from "node:path";
import { treeOf } from "../../../src/git/objects/tree-of.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { openJournal } from "../../../src/journal/journal.ts";
import { type GateJob, type GatePorts, runGates } from "../../../src/stages/gate/run-gates.ts";
import { commitFiles, git } from "../../support/git.ts";
import type { Row } from "../section.ts";
import { median } from "../table.ts";

const limitMs = 20;

/** What a gate costs whose verdict on the tree is in the journal: the tree's id, and a look. */
export async function measureKnown(
  folder: string,
  { job, ports, times }: { job: GateJob; ports: GatePorts; times: number },
): Promise<Row> {
  const root = join(folder, "repository");
  git(folder, "init", "--quiet", root);
  git(root, "config", "user.name", "Pat");
  git(root, "config", "user.email", "pat@example.com");
  const commit = commitFiles(root, { "a.txt": "a\n" }, "first");
  const repo = await openRepository(root);
  const journal = openJournal({ folder: join(folder, "journal") });
  const cache = { find: journal.cachedVerdict, store: journal.storeVerdict };
  const judge = async (): Promise<boolean | undefined> => {
    const [verdict] = await runGates(job, { ...ports, cache, tree: await treeOf(repo, commit) });
    return verdict?.cached;
  };
  await judge();
  const took: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const begun = performance.now();
    if ((await judge()) !== true) throw new Error("the verdict was not known");
    took.push(performance.now() - begun);
  }
  journal.close();
  const ms = median(took);
  const what = "a gate whose verdict is known; against 20 ms";
  const numbers = { ours: `${ms.toFixed(1)} ms`, baseline: `${limitMs} ms`, ratio: ms / limitMs };
  return { name: "known", what, ...numbers, bound: 1, spread: 1 };
}
