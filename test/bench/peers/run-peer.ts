import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { git } from "../../support/git.ts";
import { readProc } from "../../support/processes.ts";
import type { Peer, Work } from "./peer.ts";
import { openWorld, type World } from "./world.ts";

export type PeerRun = {
  wallMs: number;
  exitCode: number;
  launches: number;
  /** Files of `main` by name, with what they say. */
  landed: Map<string, string>;
  /** What is there that was not before: worktrees, branches, changes that are not committed, sleeping agents. */
  left: string[];
  /** The same after the program's own command for that; null where it has none. */
  leftThen: string[] | null;
};

type Options = { peer: Peer; work: Work; home: string };

/** Longer than any of them takes by a factor of five. */
const limitMs = 600_000;

/** One whole run in a repository of its own. */
export async function runPeer({ peer, work, home }: Options): Promise<PeerRun> {
  using world = openPeerWorld({ peer, work, home });
  const options = {
    cwd: world.root,
    env: { ...world.env, PEERS_HOME: home },
    extendEnv: false,
    stdin: "ignore",
    reject: false,
    timeout: limitMs,
  } as const;
  const { file, args } = peer.command(world, work);
  const begun = performance.now();
  const ended = await execa(file, args, options);
  const wallMs = performance.now() - begun;
  const left = leftIn(world);
  if (peer.clean) await execa(peer.clean.file, peer.clean.args, options);
  return {
    wallMs,
    exitCode: ended.exitCode ?? -1,
    launches: peer.launches?.(ended.stdout) ?? world.launches(),
    landed: landedOn(world),
    left,
    leftThen: peer.clean ? leftIn(world) : null,
  };
}

/** Starts it, waits until as many agents sleep as may, kills it with SIGKILL, and counts them a second later. */
export async function killPeer({ peer, work, home }: Options): Promise<{ before: number; after: number }> {
  using world = openPeerWorld({ peer, work, home });
  const { file, args } = peer.command(world, work);
  const started = execa(file, args, {
    cwd: world.root,
    env: { ...world.env, PEERS_HOME: home },
    extendEnv: false,
    stdio: "ignore",
    reject: false,
    timeout: limitMs,
    forceKillAfterDelay: false,
    killSignal: "SIGKILL",
  });
  const deadline = performance.now() + 60_000;
  while (world.sleepers().length < work.cap && performance.now() < deadline) await sleep(100);
  const before = world.sleepers().length;
  // A program that npm starts through another one is killed with it: what is asked is who ends the agents.
  for (const pid of orchestratorsOf(started.pid ?? 0)) process.kill(pid, "SIGKILL");
  await started;
  await sleep(1000);
  return { before, after: world.sleepers().length };
}

function openPeerWorld({ peer, work, home }: Options): World {
  // agentx is started by its first lines, with the Node that is found.
  const bins = peer.packages.length > 0 ? join(home, "node_modules", ".bin") : dirname(process.execPath);
  return openWorld([bins], peer.files(work));
}

function landedOn({ root }: World): Map<string, string> {
  const names = git(root, "ls-tree", "-r", "--name-only", "main").split("\n");
  const made = names.filter((name) => name.startsWith("made-") || name === "shared.txt");
  return new Map(made.map((name) => [name, git(root, "show", `main:${name}`)]));
}

function leftIn(world: World): string[] {
  const count = (text: string): number => text.split("\n").filter((line) => line !== "").length;
  const { root } = world;
  const found = {
    worktrees: count(git(root, "worktree", "list")) - 1,
    branches: count(git(root, "for-each-ref", "--format=%(refname)", "refs/heads")) - 1,
    stashes: count(git(root, "stash", "list")),
    processes: world.sleepers().length,
  };
  return Object.entries(found).flatMap(([name, number]) => (number > 0 ? [`${number} ${name}`] : []));
}

/** The process and its first descendants for as long as each has one child alone: wrappers around the program itself. */
function orchestratorsOf(pid: number): number[] {
  const children = childrenOf(pid);
  const [only] = children;
  return children.length === 1 && only !== undefined && isWrapped(only)
    ? [pid, ...orchestratorsOf(only)]
    : [pid];
}

function isWrapped(pid: number): boolean {
  return /ralphy|ralph-tui|bun|node/.test(readProc(`/proc/${pid}/cmdline`));
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number {
  return Number(/^PPid:\s*(\d+)/m.exec(readProc(`/proc/${pid}/status`))?.[1] ?? -1);
}
