import { advised, type Advice, type Advised } from "./repair.ts";
import type { SeenHead, SeenRun } from "./seen.ts";

/** Where the journal and git disagree over a run that is not finished. */
export function adviseRun(run: SeenRun): Advice {
  const branch = adviseBranch(run);
  const recorded = new Set(
    branch.repairs.flatMap(({ repair }) =>
      repair.type === "recordMerges" ? repair.merges.map(({ task }) => task) : [],
    ),
  );
  const heads = run.heads.filter(({ task }) => !recorded.has(task)).flatMap((head) => adviseHead(run, head));
  return { repairs: [...branch.repairs, ...heads], notes: branch.notes };
}

function adviseBranch(run: SeenRun): Advice {
  const { branch, tip, at, hasTip } = run;
  if (at === tip) return { repairs: [], notes: [] };
  if (at !== null && run.atContainsTip) return adviseAhead(run);
  if (!hasTip) {
    return {
      repairs: [],
      notes: [
        `${tip}, which the journal has as the tip of ${branch}, is gone from git. ` +
          `What was merged may still be on the branches agentx/${run.run}/…; dispatch the plan anew with --anew.`,
      ],
    };
  }
  const repair = { type: "placeBranch", branch, commit: tip, from: at } as const;
  const short = tip.slice(0, 8);
  if (at === null) return one(advised(repair, `make ${branch} again at ${short}`, "it was deleted"));
  const where = `${branch} is at ${at.slice(0, 8)}, without merges that the journal has`;
  const what = run.tipContainsAt
    ? `move ${branch} on to ${short}`
    : `move ${branch} to ${short}, and keep where it is now under refs/agentx/rescue/`;
  return one(advised(repair, what, where));
}

/** Merges that landed and were not recorded, as the journal's end was lost; the person's own commits need no repair. */
function adviseAhead({ run, branch, ahead, unmerged }: SeenRun): Advice {
  const merges: { task: string; commit: string }[] = [];
  for (const { task, commit } of ahead) {
    if (task === null || !unmerged.includes(task) || merges.some((merge) => merge.task === task)) continue;
    merges.push({ task, commit });
  }
  const others = ahead.length - merges.length;
  const notes =
    others === 0
      ? []
      : [
          `${branch} has ${others === 1 ? "a commit" : `${others} commits`} that agentx did not merge: what is merged next goes on top.`,
        ];
  if (merges.length === 0) return { repairs: [], notes };
  const repair = { type: "recordMerges", run, merges } as const;
  const what = `record that ${merges.map(({ task }) => task).join(", ")} merged`;
  return { repairs: [advised(repair, what, `${branch} has it, and the journal has not`)], notes };
}

function adviseHead({ run }: SeenRun, head: SeenHead): Advised[] {
  const { task, branch, commit } = head;
  const short = commit.slice(0, 8);
  if (!head.isThere) {
    if (!head.isNeeded) return [];
    const repair = { type: "workAgain", run, task, commit } as const;
    return [advised(repair, `let ${task} be worked on again`, `its commit ${short} is gone from git`)];
  }
  if (head.hasBranch) return [];
  const repair = { type: "placeBranch", branch, commit, from: null } as const;
  return [
    advised(repair, `make ${branch} again at ${short}`, "it was deleted, and its work is not merged yet"),
  ];
}

function one(repair: Advised): Advice {
  return { repairs: [repair], notes: [] };
}
