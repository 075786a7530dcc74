import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makeFolder } from "../../sys/make-folder.ts";
import { listen } from "./listeners.ts";
import type { Targets } from "./probe.ts";

export type Planted = {
  targets: Targets;
  /** What a worker's sandbox is given, beside its worktree. */
  scratch: string;
  gitCommonDir: string;
  hits: () => number;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/**
 * A small world for the battery, all of it in `folder` and gone with its scope: a repository with two worktrees, a home, a
 * journal, services on loopback, and a process that has the canary.
 */
export async function plant(folder: string, canary: string): Promise<Planted> {
  await makeFolder(folder);
  const base = await realpath(await mkdtemp(join(folder, "battery-")));
  const at = (...parts: string[]): string => join(base, ...parts);
  // A socket's path must be short, and `folder` may be long.
  const sockets = await mkdtemp(join(await realpath(tmpdir()), "agentx-"));
  const listeners = await listen({ canary, socket: join(sockets, "service") });
  const bystander = spawn(process.execPath, ["-e", "console.log(); setInterval(() => {}, 1000)", canary], {
    env: { AGENTX_CANARY: canary },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const dispose = async (): Promise<void> => {
    bystander.kill("SIGKILL");
    await listeners.close();
    await Promise.all([base, sockets].map((path) => rm(path, { recursive: true, force: true })));
  };
  await once(bystander.stdout, "data");
  await Promise.all(Object.entries(files(canary, at)).map(([path, text]) => write(at(path), text)));
  for (const name of ["scratch", "repository/.git/objects/pack", "repository/.git/refs/tags"])
    await mkdir(at(name), { recursive: true });
  await symlink(at("secret"), at("worktree", "link"));
  const targets: Targets = {
    ...listeners,
    canary,
    secret: at("secret"),
    home: at("home"),
    repository: at("repository"),
    otherWorktree: at("other"),
    journal: at("repository", ".agentx", "journal.db"),
    root: at("worktree"),
    linkToSecret: at("worktree", "link"),
    pid: bystander.pid ?? 0,
  };
  const gitCommonDir = at("repository", ".git");
  return {
    targets,
    scratch: at("scratch"),
    gitCommonDir,
    hits: listeners.hits,
    [Symbol.asyncDispose]: dispose,
  };
}

/** As git lays a repository with two worktrees out; git itself may be missing, and no probe needs a commit. */
function files(canary: string, at: (path: string) => string): Record<string, string> {
  const worktree = (name: string): Record<string, string> => ({
    [`${name}/.git`]: `gitdir: ${at(`repository/.git/worktrees/${name}`)}\n`,
    [`${name}/notes`]: `${canary}\n`,
    [`repository/.git/worktrees/${name}/gitdir`]: `${at(`${name}/.git`)}\n`,
    [`repository/.git/worktrees/${name}/commondir`]: "../..\n",
    [`repository/.git/worktrees/${name}/HEAD`]: "ref: refs/heads/main\n",
  });
  return {
    secret: `${canary}\n`,
    "home/.ssh/id_ed25519": `${canary}\n`,
    "home/.npmrc": `//registry/:_authToken=${canary}\n`,
    "repository/.agentx/journal.db": `${canary}\n`,
    "repository/file": "a file\n",
    "repository/private": `${canary}\n`,
    "repository/node_modules/dep/index.js": "\n",
    "repository/.git/HEAD": "ref: refs/heads/main\n",
    "repository/.git/config": `[core]\n\trepositoryformatversion = 0\n[remote "o"]\n\turl = https://${canary}@localhost/\n`,
    "repository/.git/hooks/pre-commit": `#!/bin/sh\n# ${canary}\n`,
    "repository/.git/logs/HEAD": `${canary}\n`,
    "repository/.git/refs/heads/main": `${"0".repeat(40)}\n`,
    ...worktree("worktree"),
    ...worktree("other"),
  };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode: 0o600 });
}
