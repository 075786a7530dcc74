import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { git, write } from "../../support/git.ts";
import { systemPath } from "../../support/npm-install.ts";
import { processesWith, readProc } from "../../support/processes.ts";
import { benchFolder } from "../bench-folder.ts";

const script = readFileSync(new URL("../../fixtures/bench/fake-agent.sh", import.meta.url), "utf8");

/**
 * A repository of its own, with a stand-in for an agent program in `tools/agent.sh` and, as `claude`, on the PATH: all that is not
 * real.
 */
export type World = Disposable & {
  /** The repository, on `main`. */
  root: string;
  env: Record<string, string>;
  /** How often the stand-in was started on a task where it could write that down, which no sandbox lets it. */
  launches: () => number;
  /** Processes of the stand-in that sleep. */
  sleepers: () => number[];
};

/** @param bins folders that come first on the PATH @param files of the first commit */
export function openWorld(bins: readonly string[], files: Record<string, string>): World {
  const folder = benchFolder();
  const root = join(folder.path, "repo");
  const launchesFile = join(folder.path, "launches");
  // No two worlds' sleepers look alike.
  const nap = `900.${process.pid}${Date.now() % 1_000_000}`;
  const agent = script.replace("LAUNCHES_FILE", launchesFile).replace("NAP_SECONDS", nap);
  mkdirSync(join(folder.path, "home"));
  write(folder.path, { "bin/claude": agent });
  write(root, { "readme.md": "A repository to work in.\n", "tools/agent.sh": agent, ...files });
  for (const path of [join(folder.path, "bin/claude"), join(root, "tools/agent.sh")]) chmodSync(path, 0o755);
  git(root, "init", "--quiet", "--initial-branch=main");
  git(root, "config", "user.name", "Bench");
  git(root, "config", "user.email", "bench@localhost");
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--message", "Begin");
  const path = [join(folder.path, "bin"), ...bins, systemPath()];
  return {
    root,
    env: { HOME: join(folder.path, "home"), PATH: path.join(delimiter), TERM: "dumb", NO_COLOR: "1" },
    launches: () =>
      readProc(launchesFile)
        .split("\n")
        .filter((line) => line !== "").length,
    sleepers: () => sleepersOf(nap),
    [Symbol.dispose]: () => {
      for (const pid of sleepersOf(nap)) process.kill(pid, "SIGKILL");
      folder[Symbol.dispose]();
    },
  };
}

function sleepersOf(nap: string): number[] {
  return processesWith(nap).filter((pid) => readProc(`/proc/${pid}/cmdline`).startsWith("sleep\0"));
}
