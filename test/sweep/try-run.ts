import { join } from "node:path";
import { exitCodes } from "../../src/core/error.ts";
import { loadRun } from "../../src/engine/load-run.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { type Address, type Strike, withFailpoints } from "../support/failpoints.ts";
import type { Place, Project, Ran } from "../support/project.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { sweepEnv, sweepProject } from "./scenario.ts";

export type Tried = {
  outcome: Outcome;
  /** Failpoints passed by all processes of the run, in order. */
  passed: Address[];
  /** Those at which it was struck. */
  struck: Address[];
  /** Calls of models that were begun. */
  modelCalls: number;
};

const dispatch = ["dispatch", "plan.md", "--yes", "--json"];
const resume = ["resume", "--json"];
/** What `Ran` says of a process that a signal ended. */
const killed = -2;
const { interrupted, usage, waitingForAnswers } = exitCodes;
/** What docs/reliability.md says of a disk that fails. */
const ofTheDisk = /\b(JOURNAL_FULL|DISK_FULL|JOURNAL_UNWRITABLE|DISK_UNWRITABLE)\b/;
/** Besides one for each kill: the first, one after the question, and a little. */
const spareStarts = 6;

/** One run from its beginning to its end: struck where it is planned, resumed until it is finished, its question answered. */
export async function tryRun(strikes: readonly Strike[]): Promise<Tried> {
  const project = sweepProject();
  try {
    const { place, passed } = withFailpoints(project.folder, strikes);
    const env = { ...sweepEnv, ...place.env };
    await runToTheEnd(project, { ...place, env }, strikes.length + spareStarts);
    // A run goes on without its report or a tick in the plan; they are for whoever takes it up once the disk is well.
    if (strikes.some(({ mode }) => mode === "error")) await project.agentx(resume, { ...place, env });
    const outcome = await outcomeOf(project);
    const trace = passed();
    const addresses = trace.map(({ address }) => address);
    return {
      outcome,
      passed: addresses,
      struck: trace.filter(({ struck }) => struck).map(({ address }) => address),
      modelCalls: addresses.filter((address) => address.startsWith("model.call:before")).length,
    };
  } finally {
    project.close();
  }
}

async function runToTheEnd(project: Project, place: Place, mostStarts: number): Promise<void> {
  let args = dispatch;
  for (let starts = 0; starts < mostStarts; starts += 1) {
    const ran = await project.agentx(args, place);
    if (ran.exitCode === 0) return;
    args = ran.stderr.includes("NO_RUNS") ? dispatch : resume;
    // At once after a kill: what a killed dispatcher has started may still be ending.
    if (ran.exitCode === killed || ran.exitCode === interrupted || args === dispatch) continue;
    if (isOfTheDisk(ran)) continue;
    if (ran.exitCode !== waitingForAnswers) throw unexpected(project, ran);
    const answered = await project.agentx(["answer", "1", "left"], place);
    if (answered.exitCode !== 0 && answered.exitCode !== killed && !isOfTheDisk(answered))
      throw unexpected(project, answered);
  }
  throw new Error(`not finished after ${mostStarts} starts`);
}

function isOfTheDisk({ exitCode, stderr }: Ran): boolean {
  return exitCode === usage && ofTheDisk.test(stderr);
}

function unexpected(project: Project, { exitCode, stderr }: Ran): Error {
  using journal = openJournal({ folder: join(project.root, ".agentx"), readOnly: true });
  const { events } = loadRun(journal, null);
  const story = events
    .slice(-12)
    .map((event) => JSON.stringify(event).slice(0, 160))
    .join("\n  ");
  return new Error(`it ended with ${exitCode}:\n${stderr}\n  ${story}`);
}
