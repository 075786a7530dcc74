import { diskErrorIn } from "../../core/disk-error.ts";
import { AgentxError } from "../../core/error.ts";

/** What a git process said and how it ended. */
export type GitExit = { exitCode: number; stdout: string; stderr: string };

/** A git call that was expected to work and did not: GIT_MISSING, UNSAFE_REPOSITORY, DISK_FULL, DISK_UNWRITABLE, or GIT_FAILED with git's own words. */
export function gitFailure(args: readonly string[], exit: { exitCode: number; stderr: string }): AgentxError {
  const dubious = /detected dubious ownership in repository at '([^']*)'/.exec(exit.stderr);
  if (dubious !== null) {
    return new AgentxError("UNSAFE_REPOSITORY", {
      where: dubious[1] ?? "",
      what: "the repository belongs to another user, so git refuses to work in it",
      hint: `git config --global --add safe.directory '${dubious[1] ?? ""}'`,
    });
  }
  const words = exit.stderr.trim();
  const where = `git ${args.find((arg) => !arg.startsWith("-")) ?? ""}`;
  const disk = diskErrorIn(words, where);
  if (disk !== null) return disk;
  return new AgentxError("GIT_FAILED", {
    where,
    what: words === "" ? `ended with exit code ${exit.exitCode}` : words,
    hint: "",
  });
}

/** The same error of the system as a missing git, so it is told apart by looking. */
export function folderGone(folder: string): AgentxError {
  return new AgentxError("FOLDER_GONE", {
    where: folder,
    what: "the folder was deleted or moved away while agentx worked with it",
    hint: "`agentx resume` goes on from where the repository is now",
  });
}

export function gitMissing(): AgentxError {
  return new AgentxError("GIT_MISSING", {
    where: "",
    what: "git was not found",
    hint: "install git 2.39 or newer and see that it is on the PATH",
  });
}
