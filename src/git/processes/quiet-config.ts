import type { Repository } from "../repository.ts";
import { runGit } from "./run-git.ts";

const pattern = String.raw`^(filter\..*\.(clean|smudge|process|required)|merge\..*\.driver)$`;

/**
 * Config entries that turn every configured filter and merge driver off. A worker's `.gitattributes` chooses among
 * them, so with them on it would choose what the dispatcher runs. Content then passes through git byte for byte
 * (an LFS file is its pointer on both ways), and a file with a merge driver of its own conflicts.
 */
export async function quietConfig(repo: Repository): Promise<string[]> {
  const args = ["config", "--null", "--name-only", "--get-regexp", pattern];
  const { stdout } = await runGit({ cwd: repo.commonDir }, args, { expect: [0, 1] });
  const names = new Set(stdout.split("\0").filter((name) => name !== ""));
  return [...names].flatMap(quieted);
}

function quieted(name: string): string[] {
  if (name.startsWith("merge.")) return [`${name}=false`];
  const driver = name.slice(0, name.lastIndexOf("."));
  // An empty process is what keeps git from clean and smudge; without `required=false` it would then fail.
  return [`${driver}.process=`, `${driver}.clean=`, `${driver}.smudge=`, `${driver}.required=false`];
}

/** On top of it for files on disk: bytes as they are in the tree, all of them, and no trust in forgeable times. */
export const exactFiles: readonly string[] = [
  "core.autocrlf=false",
  "core.safecrlf=false",
  "core.sparseCheckout=false",
  "core.untrackedCache=false",
  "core.splitIndex=false",
  "core.trustctime=true",
  "core.checkStat=default",
  "advice.addEmbeddedRepo=false",
];
