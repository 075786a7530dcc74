import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import type { Repository } from "../../src/git/repository.ts";
import { commitFiles, git, write } from "../support/git.ts";

export { commitFiles, git, write };

/** An empty folder that goes when the test ends. Memory-backed where there is such a thing. */
export function makeFolder(): string {
  const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const folder = realpathSync(mkdtempSync(join(parent, "agentx-git-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Replaces the person's global git configuration for one test; an empty one hides the machine's. */
export function useGlobalConfig(text: string): void {
  const path = join(makeFolder(), "gitconfig");
  writeFileSync(path, text);
  setEnv("GIT_CONFIG_GLOBAL", path);
  setEnv("GIT_CONFIG_NOSYSTEM", "1");
}

export function setEnv(name: string, value: string): void {
  const old = process.env[name];
  process.env[name] = value;
  onTestFinished(() => {
    if (old === undefined) delete process.env[name];
    else process.env[name] = old;
  });
}

export type Made = { repo: Repository; root: string; base: string; home: string };

/** A repository on `main` with one commit: readme.md and src/a.txt. */
export async function makeRepository(
  files: Record<string, string> = { "readme.md": "hello\n", "src/a.txt": "one\ntwo\nthree\n" },
): Promise<Made> {
  if (process.env["GIT_CONFIG_NOSYSTEM"] === undefined) useGlobalConfig("");
  const folder = makeFolder();
  const root = join(folder, "repo");
  git(folder, "init", "--quiet", "--initial-branch=main", root);
  git(root, "config", "user.name", "Pat");
  git(root, "config", "user.email", "pat@example.com");
  const base = commitFiles(root, files, "first");
  return { repo: await openRepository(root), root, base, home: join(folder, "home") };
}

/** A program that leaves a mark when it is run; as a filter it passes its input on. */
export function makeTrap(): { program: string; marker: string } {
  const folder = makeFolder();
  const marker = join(folder, "was-run");
  const program = join(folder, "trap.sh");
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${marker}'\ncat\n`);
  chmodSync(program, 0o755);
  return { program, marker };
}
