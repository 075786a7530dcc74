import { setTimeout as sleep } from "node:timers/promises";
import { replay } from "../../src/core/apply-event.ts";
import type { RunEvent } from "../../src/core/event.ts";
import type { Question } from "../../src/core/question.ts";
import { commitFiles, git } from "../support/git.ts";
import { processesWith } from "../support/processes.ts";
import { chanceOf, type Chance } from "./chance.ts";
import { checkMerges } from "./check-git.ts";
import { startDispatcher, type Ended } from "./dispatcher-process.ts";
import { disturb, request, type Disturbing } from "./disturb.ts";
import { watchProcess } from "./gauge.ts";
import { lostEvents, lostRequests, note, openLedger, readJournal } from "./ledger.ts";
import { makePlan } from "./make-plan.ts";
import type { Tally } from "./tally.ts";
import type { World } from "./world.ts";

export type Round = { number: number; tasks: number; isRough: boolean; everyMs: number };

/** A run that needs more starts than this does not come to its end. */
const mostStarts = 150;

/** One run of one plan, disturbed and resumed until it is over, with the promise checked after each start. */
export async function runRound(world: World, round: Round, tally: Tally): Promise<void> {
  const chance = chanceOf(`${world.seed} round ${round.number}`);
  const plan = makePlan(round.number, round.tasks, chance);
  const file = `plan-${round.number}.md`;
  commitFiles(world.project.root, { [file]: plan.text }, `Plan ${round.number}`);
  tally.count("runs");
  tally.count("tasks", round.tasks);
  const ledger = openLedger();
  const disturbing: Disturbing = { ...round, world, ledger, tally, chance, tasks: plan.ids };
  for (let starts = 1; ; starts += 1) {
    const args = ledger.run === null ? ["dispatch", file, "--yes", "--anew"] : ["resume", ledger.run];
    const ended = await startOnce(args, disturbing);
    if (ledger.run === null) continue;
    const journal = readJournal(world.project, ledger.run);
    const isOver = journal.at(-1)?.type === "run.finished";
    const problems = [
      ...unexpected(ended),
      ...lostEvents(ledger, journal),
      ...checkMerges(world.project, { seed: world.seed, run: ledger.run, journal, isOver }),
      ...(isOver ? lostRequests(ledger, journal) : []),
      ...(await leftOver(world)),
    ];
    for (const problem of problems)
      tally.problem(`run ${round.number} (${ledger.run}), start ${starts}: ${problem}`);
    tally.worktrees(git(world.project.root, "worktree", "list").split("\n").length - 1);
    if (isOver && !(await wantsMore(journal, disturbing))) break;
    if (starts >= mostStarts) {
      tally.problem(`run ${round.number} is not over after ${starts} starts`);
      break;
    }
  }
  if (ledger.run !== null) countEnds(readJournal(world.project, ledger.run), tally);
  tally.count("events shown", ledger.shown.size);
  tally.count("requests accepted", ledger.accepted.size);
  commitFiles(world.project.root, {}, `Ticks of ${round.number}`);
}

async function startOnce(args: string[], disturbing: Disturbing): Promise<Ended> {
  const { world, ledger, tally, chance } = disturbing;
  tally.count("starts");
  const answering: Promise<void>[] = [];
  let merges = 0;
  const process = startDispatcher(world, args, (event) => {
    note(ledger, event);
    if (event.type === "task.merged") merges += 1;
    if (event.type === "question.asked") answering.push(answer(event, { ...disturbing, chance }));
  });
  {
    using _watched = watchProcess(process.child.pid ?? 0, () => merges, tally.sample);
    await Promise.all([process.ended, disturb(process, disturbing)]);
  }
  await Promise.all(answering);
  return process.ended;
}

async function answer(
  { question }: Extract<RunEvent, { type: "question.asked" }>,
  disturbing: Disturbing,
): Promise<void> {
  disturbing.tally.count("questions");
  await sleep(disturbing.chance.between(0, 2_000));
  await request(["answer", String(question.id), answerTo(question, disturbing.chance)], disturbing);
}

function answerTo({ kind, options }: Question, chance: Chance): string {
  if (kind === "baseline") return "continue";
  if (kind === "protected") return "merge it";
  return kind === "worker" && options.length > 0 ? chance.pick(options) : "try again";
}

/** All merged, some not, waits for answers, interrupted, or killed by us: there are no other ends. */
function unexpected({ code, signal, stderr, events }: Ended): string[] {
  if (signal === "SIGKILL" || [0, 1, 3, 130].includes(code ?? -1)) return [];
  // Ctrl-C before it is up ends it as it ends any program.
  if (signal === "SIGINT" && events === 0) return [];
  return [`the dispatcher ended with ${signal ?? code}: ${stderr.trim().slice(-1_500)}`];
}

/** Everything that a dispatcher started dies with it, within moments. */
async function leftOver({ project }: World): Promise<string[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (processesWith(project.folder).length === 0) return [];
    await sleep(100);
  }
  return [`processes are left after 10 s: ${processesWith(project.folder).join(", ")}`];
}

function countEnds(journal: readonly RunEvent[], tally: Tally): void {
  const { tasks } = replay(journal);
  for (const { state } of tasks.values()) tally.count(state.type);
  tally.count("attempts", journal.filter(({ type }) => type === "attempt.started").length);
  tally.count("conflicts", journal.filter(({ type }) => type === "merge.conflicted").length);
  tally.count("model calls", journal.filter(({ type }) => type === "model.called").length);
}

/** A canceled task is wanted after all, now and then. */
async function wantsMore(journal: readonly RunEvent[], disturbing: Disturbing): Promise<boolean> {
  const canceled = journal.flatMap((event) => (event.type === "task.canceled" ? [event.task] : []));
  const retried = new Set(journal.flatMap((event) => (event.type === "task.retried" ? [event.task] : [])));
  const task = canceled.find((id) => !retried.has(id));
  if (task === undefined || !disturbing.chance.hits(0.7)) return false;
  await request(["retry", task], disturbing);
  return true;
}
