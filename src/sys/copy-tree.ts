import { constants } from "node:fs";
import { cp } from "node:fs/promises";
import process from "node:process";
import { diskErrorIn } from "../core/disk-error.ts";
import { AgentxError } from "../core/error.ts";
import { effect } from "./failpoint.ts";

/** Modes are kept, links stay links, and blocks are shared where the file system can. */
const byProgram: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ["-R", "-T", "--reflink=auto", "--preserve=mode"],
  darwin: ["-R", "-c"],
};

/** Said by a `cp` without these options, such as busybox's. */
const unknownOption = /unrecognized option|unknown option|illegal option|invalid option/i;

/**
 * Copies a folder to a place where nothing is. A copy-on-write clone where the file system can, which takes no room until one
 * of the two is written to. Symlinks stay as they are and are not followed.
 * The program does it in a quarter of the time that Node takes, which asks for each file on its own.
 * @throws AgentxError DISK_FULL, DISK_UNWRITABLE, COPY_FAILED
 */
export async function copyTree(from: string, to: string): Promise<void> {
  await effect("tree.copy", async () => {
    const options = byProgram[process.platform];
    if (options !== undefined && (await copyByProgram(options, { from, to }))) return;
    await cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  });
}

/** @returns false where there is no such program, or it does not know the options and has done nothing */
async function copyByProgram(
  options: readonly string[],
  { from, to }: { from: string; to: string },
): Promise<boolean> {
  const { execa } = await import("execa");
  const result = await execa("cp", [...options, "--", from, to], {
    env: { LC_ALL: "C" },
    reject: false,
    stdin: "ignore",
  });
  if (result.code === "ENOENT") return false;
  if (result.exitCode === 0) return true;
  if (unknownOption.test(result.stderr)) return false;
  const disk = diskErrorIn(result.stderr, "cp");
  if (disk !== null) throw disk;
  throw new AgentxError("COPY_FAILED", {
    where: from,
    what: `\`cp\` could not copy it: ${result.stderr.trim() || `exit ${result.exitCode}`}`,
    hint: "see whether it can be read, and its copy be written below agentx's home",
  });
}
