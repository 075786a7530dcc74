import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { AgentxError } from "../core/error.ts";
import { runGit } from "./processes/run-git.ts";

/** A checkout and its shared git folder, both absolute and free of symlinks. */
export type Repository = { root: string; commonDir: string };

/** merge-tree --write-tree came with 2.38, and 2.39 is the oldest that agentx is tested with. */
const oldestGit: readonly [number, number] = [2, 39];

/**
 * Finds the repository around `cwd`; `root` is the worktree that `cwd` is in.
 * @throws AgentxError NOT_A_REPOSITORY, BARE_REPOSITORY, UNSAFE_REPOSITORY, GIT_MISSING, GIT_TOO_OLD.
 */
export async function openRepository(cwd: string): Promise<Repository> {
  // Both at once, and judged in this order.
  const version = textOf(cwd, ["version"]);
  const found = findCheckout(cwd);
  for (const asked of [version, found]) asked.catch(() => {});
  refuseOldGit(await version);
  const { isBare, top, commonDir } = await found;
  if (isBare) {
    throw new AgentxError("BARE_REPOSITORY", {
      where: cwd,
      what: "a bare repository has no files to work on",
      hint: "git worktree add ../checkout, and start agentx there",
    });
  }
  if (top === null) throw notARepository(cwd);
  return { root: await realpath(resolve(await realpath(cwd), top)), commonDir: await realpath(commonDir) };
}

/** `top` is the way up to the checkout's root; null outside of its files. */
async function findCheckout(
  cwd: string,
): Promise<{ isBare: boolean; top: string | null; commonDir: string }> {
  const asked = ["--is-bare-repository", "--is-inside-work-tree", "--show-cdup", "--git-common-dir"];
  const text = await textOf(cwd, ["rev-parse", "--path-format=absolute", ...asked]).catch(
    (error: unknown) => {
      throw isOutsideRepository(error) ? notARepository(cwd) : error;
    },
  );
  const [isBare, isInside, ...rest] = withoutNewline(text).split("\n");
  const [top = "", ...folder] = isInside === "true" ? rest : [null, ...rest];
  return { isBare: isBare === "true", top, commonDir: folder.join("\n") };
}

async function textOf(cwd: string, args: readonly string[]): Promise<string> {
  return (await runGit({ cwd }, args)).stdout;
}

function refuseOldGit(version: string): void {
  const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(version) ?? [];
  const [oldMajor, oldMinor] = oldestGit;
  if (Number(major) > oldMajor || (Number(major) === oldMajor && Number(minor) >= oldMinor)) return;
  throw new AgentxError("GIT_TOO_OLD", {
    where: "",
    what: `${version.trim()} is too old`,
    hint: `install git ${oldestGit.join(".")} or newer`,
  });
}

function notARepository(cwd: string): AgentxError {
  return new AgentxError("NOT_A_REPOSITORY", {
    where: cwd,
    what: "not in the files of a git repository",
    hint: "git init, and commit once",
  });
}

function isOutsideRepository(error: unknown): boolean {
  return error instanceof AgentxError && error.message.includes("not a git repository");
}

function withoutNewline(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
