import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { benchFolder } from "../bench-folder.ts";
import { makeFiles, writeEditTasks } from "../edits/edit-tasks.ts";
import { watchRun, type WatchedRun } from "../long-run/watched-run.ts";
import type { Row, Section } from "../section.ts";
import { median, mib, seconds } from "../table.ts";

const whole = { files: 50_000, sizes: [10, 100, 1000] };
const look = { files: 1_000, sizes: [10, 40] };
const timesOfSmallest = 3;

/** What a task may cost more in the larger run. */
const steepest = 1.15;
/** A dispatcher that forgets nothing would hold a hundred times as much. */
const mostMemory = 1.15;
const longestResume = 1.5;

type Ran = { tasks: number; ms: number; peak: number; firstAttemptMs: number; resumeMs: number };

/**
 * Whole runs of one-edit tasks in large repositories; each is killed (`kill -9`) when half of its tasks are merged, and
 * resumed. What a task costs must not depend on how many there are.
 */
export const longRun: Section = {
  name: "long-run",
  title: "Whole runs, killed in the middle and resumed",
  measure: async ({ quick }) => {
    const { files, sizes } = quick ? look : whole;
    const runs: Ran[] = [];
    const smallest: Ran[] = [];
    for (let time = 1; time < timesOfSmallest; time += 1) smallest.push(await run(files, sizes[0] ?? 0));
    for (const tasks of sizes) runs.push(await run(files, tasks));
    const first = runs[0];
    if (first === undefined) throw new Error("there is no size");
    const costs = [...smallest, first].map(({ ms, tasks }) => ms / tasks);
    const base = { ...first, ms: median(costs) * first.tasks };
    const spread = median(costs) / Math.min(...costs);
    return [base, ...runs.slice(1)].flatMap((ran, at) =>
      at === 0 ? [] : rowsOf(ran, { base, spread, files }),
    );
  },
};

async function run(files: number, tasks: number): Promise<Ran> {
  using folder = benchFolder();
  const root = join(folder.path, "project");
  const script = join(folder.path, "script.json");
  const env = {
    PATH: process.env["PATH"],
    HOME: join(folder.path, "home"),
    AGENTX_HOME: join(folder.path, "state"),
    AGENTX_SCRIPT_PACE: "0",
    CI: "1",
  };
  mkdirSync(env.HOME);
  makeFiles(root, { files, script });
  const plan = writeEditTasks(root, { round: 1, tasks, script });
  const place = { cwd: root, env };
  const killed = await watchRun(["dispatch", plan, "--yes"], place, tasks / 2);
  const resumed = await watchRun(["resume"], place, null);
  check({ tasks, killed, resumed });
  return {
    tasks,
    ms: killed.ms + resumed.ms,
    peak: Math.max(killed.peak, resumed.peak),
    firstAttemptMs: killed.firstAttemptMs,
    resumeMs: resumed.firstAttemptMs,
  };
}

/** A merge can be in git and not yet be told when the process is killed, so the two may tell of one less. */
function check({ tasks, killed, resumed }: { tasks: number; killed: WatchedRun; resumed: WatchedRun }): void {
  const told = killed.merged + resumed.merged;
  if (resumed.exitCode === 0 && told <= tasks && told >= tasks - 1) return;
  throw new Error(`${told} of ${tasks} were merged:\n${killed.stderr}\n${resumed.stderr}`);
}

function rowsOf(ran: Ran, { base, spread, files }: { base: Ran; spread: number; files: number }): Row[] {
  const each = (of: Ran): number => of.ms / of.tasks;
  const name = `${ran.tasks} tasks`;
  const against = `${files} files; against a run of ${base.tasks}`;
  return [
    {
      name,
      what: `time for each task, in ${against}`,
      ours: `${each(ran).toFixed(0)} ms`,
      baseline: `${each(base).toFixed(0)} ms`,
      ratio: each(ran) / each(base),
      bound: steepest,
      spread,
    },
    {
      name,
      what: `most memory of the dispatcher, in ${against}`,
      ours: mib(ran.peak),
      baseline: mib(base.peak),
      ratio: ran.peak / base.peak,
      bound: mostMemory,
      spread: 1,
    },
    {
      name,
      what: "from `resume` to its first attempt; against the same of its `dispatch`",
      ours: seconds(ran.resumeMs),
      baseline: seconds(ran.firstAttemptMs),
      ratio: ran.resumeMs / ran.firstAttemptMs,
      bound: longestResume,
      spread: 1,
    },
  ];
}
