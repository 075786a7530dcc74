import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { write } from "../../support/git.ts";
import { benchFolder } from "../bench-folder.ts";
import { builtProgram } from "../built-program.ts";
import { makeFiles, writeEditTasks } from "../edits/edit-tasks.ts";
import { measurePairs } from "../pairs.ts";
import { timeRow, type Row, type Section } from "../section.ts";

const sizes: { files: number; bound: number }[] = [
  { files: 1_000, bound: 0.9 },
  { files: 10_000, bound: 0.8 },
];
const mostProcesses = 4;

/**
 * Tasks of one edit each, by a model that answers at once, with the gate `test -d .`: what is left is agentx. Against the
 * same edits by git alone, one after the other: worktree, commit, merge, and the worktree away again.
 */
export const throughput: Section = {
  name: "throughput",
  title: "Tasks of one edit each, nothing to wait for",
  measure: async ({ quick }) => {
    const tasks = quick ? 20 : 200;
    const rows: Row[] = [];
    for (const size of quick ? sizes.slice(0, 1) : sizes) {
      for (const flags of [[], ["--unsafe-no-sandbox"]])
        rows.push(await measureSize({ ...size, flags, tasks, pairs: quick ? 2 : 3 }));
    }
    return [...rows, await countProcesses(tasks)];
  },
};

type Measured = (typeof sizes)[0] & { flags: string[]; tasks: number; pairs: number };

async function measureSize({ files, bound, flags, tasks, pairs }: Measured): Promise<Row> {
  using ours = openPlace(files);
  using bare = openPlace(files);
  const pair = await measurePairs(
    { baseline: () => bare.byGit(tasks), ours: () => ours.dispatch(tasks, flags) },
    { pairs },
  );
  const name = [`${files} files`, ...flags].join(" ");
  return timeRow({ name, what: `${tasks} tasks; against as many cycles by git alone`, bound }, pair);
}

/** In a run of its own, since what counts costs something too. */
async function countProcesses(tasks: number): Promise<Row> {
  using place = openPlace(1_000);
  const count = place.countGit();
  await place.dispatch(tasks, ["--unsafe-no-sandbox"]);
  const each = count() / tasks;
  return {
    name: "processes",
    what: `git processes of such a run, for each of its ${tasks} tasks; against ${mostProcesses}`,
    ours: each.toFixed(1),
    baseline: String(mostProcesses),
    ratio: each / mostProcesses,
    bound: 1,
    spread: 1,
  };
}

type Place = {
  dispatch: (tasks: number, flags: readonly string[]) => Promise<void>;
  byGit: (tasks: number) => Promise<void>;
  /** From here on. @returns how many there were */
  countGit: () => () => number;
} & Disposable;

function openPlace(files: number): Place {
  const folder = benchFolder();
  const root = join(folder.path, "project");
  const script = join(folder.path, "script.json");
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: join(folder.path, "home"),
    AGENTX_HOME: join(folder.path, "state"),
    AGENTX_SCRIPT_PACE: "0",
    CI: "1",
  };
  makeFiles(root, { files, script });
  mkdirSync(join(folder.path, "home"));
  let round = 0;
  return {
    dispatch: async (tasks, flags) => {
      round += 1;
      const plan = writeEditTasks(root, { round, tasks, script });
      const args = ["dispatch", plan, "--yes", "--json", ...flags];
      const ran = await execa(builtProgram, args, { cwd: root, env, extendEnv: false, reject: false });
      const merged = ran.stdout.split("\n").filter((line) => line.includes('"type":"task.merged"')).length;
      if (ran.exitCode !== 0 || merged !== tasks)
        throw new Error(`${merged} of ${tasks} were merged:\n${ran.stderr}`);
    },
    byGit: async (tasks) => {
      round += 1;
      const args = ["-c", cycles, "sh", String(round), String(tasks)];
      await execa("sh", args, { cwd: root, env, extendEnv: false, stdin: "ignore" });
    },
    countGit: () => {
      const calls = join(folder.path, "calls");
      writeFileSync(calls, "");
      // It answers by the git that is next on the path.
      const shim = `#!/bin/sh\necho "$*" >> '${calls}'\nPATH='${process.env["PATH"]}' exec git "$@"\n`;
      write(folder.path, { "bin/git": shim });
      chmodSync(join(folder.path, "bin/git"), 0o755);
      env["PATH"] = `${join(folder.path, "bin")}:${process.env["PATH"]}`;
      return () => readFileSync(calls, "utf8").split("\n").length - 1;
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** What each task does: the file that it edits has its number. */
const cycles = `
set -e
task=0
while [ $task -lt $2 ]; do
  name="t$1-$task"
  git worktree add --quiet --no-track -b "task/$name" "../trees/$name" HEAD
  cd "../trees/$name"
  echo "$name" > "$((task / 100))/$task"
  git commit --quiet --all --message "$name"
  cd ../../project
  git merge --quiet --no-edit "task/$name"
  git worktree remove "../trees/$name"
  task=$((task + 1))
done
`;
