import { existsSync } from "node:fs";
import { collectGit } from "./collect-git.ts";
import { configFlags, gitEnv, safeConfig } from "./git-env.ts";
import { folderGone, gitFailure, gitMissing } from "./git-failure.ts";
import type { GitExit } from "./git-failure.ts";
import { effect } from "../../sys/failpoint.ts";

/** Where git works: found from `cwd`, or given outright, so that no `.git` file in a tree is believed. */
export type GitPlace = {
  cwd: string;
  gitDir?: string;
  workTree?: string;
  /** `name=value` entries on top of `safeConfig`. */
  config?: readonly string[];
};

export type GitCall = {
  input?: string | Uint8Array;
  env?: Record<string, string>;
  /** Exit codes that are an answer; by default only 0. "any" never throws. */
  expect?: readonly number[] | "any";
  timeoutMs?: number;
};

/** Runs git and gives its whole output, byte for byte as far as it is UTF-8. @throws AgentxError, see `gitFailure`. */
export async function runGit(place: GitPlace, args: readonly string[], call: GitCall = {}): Promise<GitExit> {
  const { stdout, ...exit } = await runGitBinary(place, args, call);
  return { ...exit, stdout: new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout) };
}

/** As `runGit`, with stdout as bytes. */
export async function runGitBinary(
  place: GitPlace,
  args: readonly string[],
  call: GitCall = {},
): Promise<GitBinaryExit> {
  const [command = ""] = args;
  return writing.has(command)
    ? effect(`git.${command}`, () => callGit(place, args, call))
    : callGit(place, args, call);
}

type GitBinaryExit = { exitCode: number; stdout: Uint8Array; stderr: string };

/** Subcommands that change something: objects, refs, records, an index, files. */
const writing: ReadonlySet<string> = new Set([
  "add",
  "clean",
  "commit-tree",
  "merge",
  "merge-tree",
  "push",
  "read-tree",
  "symbolic-ref",
  "update-ref",
  "worktree",
  "write-tree",
]);

async function callGit(place: GitPlace, args: readonly string[], call: GitCall): Promise<GitBinaryExit> {
  const { input, timeoutMs } = call;
  const result = await collectGit([...placeFlags(place), ...args], {
    cwd: place.cwd,
    env: { ...gitEnv(), ...call.env },
    ...(input === undefined ? {} : { input }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  const { trouble, stdout } = result;
  if (trouble?.code === "ENOENT") throw existsSync(place.cwd) ? gitMissing() : folderGone(place.cwd);
  const said = new TextDecoder().decode(result.stderr);
  const stderr = result.hasTimedOut ? `no answer within ${timeoutMs} ms` : (trouble?.message ?? said);
  // Whatever it had said by then, it was not to its end.
  const isWhole = trouble === null && !result.hasTimedOut;
  const exit = { exitCode: isWhole ? (result.exitCode ?? -1) : -1, stdout, stderr };
  const { expect = [0] } = call;
  if (expect !== "any" && !expect.includes(exit.exitCode)) throw gitFailure(args, exit);
  return exit;
}

function placeFlags(place: GitPlace): string[] {
  return [
    ...configFlags([...safeConfig, ...(place.config ?? [])]),
    ...(place.gitDir === undefined ? [] : [`--git-dir=${place.gitDir}`]),
    ...(place.workTree === undefined ? [] : [`--work-tree=${place.workTree}`]),
  ];
}
