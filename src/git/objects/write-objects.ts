import { mkdtempSync, rmdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeFile } from "../../sys/remove-file.ts";
import { standingEnv } from "../processes/git-env.ts";
import { standingOf } from "../processes/standing-of.ts";
import type { ReadAnswer } from "../processes/standing-git.ts";
import type { Repository } from "../repository.ts";
import { type Handed, NamelessFiles } from "./nameless-files.ts";
import type { TreeEntry } from "./read-trees.ts";

/**
 * Writes objects of one kind as they are. By files: the standing process is told of each in one line, and an object has many.
 * @returns their ids, in order
 */
export async function writeObjects(
  repo: Repository,
  type: "commit" | "blob",
  contents: readonly (string | Uint8Array)[],
): Promise<string[]> {
  const writer = standingOf(repo, {
    cwd: repo.commonDir,
    args: ["hash-object", "-t", type, "-w", "--no-filters", "--stdin-paths"],
    env: standingEnv,
    asksAgain: true,
    oldestMs: null,
  });
  using handed = new DisposableStack();
  const paths = contents.map((content) => handed.use(nameless.hand(content) ?? name(content)).path);
  return await Promise.all(paths.map((path) => writer.ask(`${path}\n`, readId("\n"))));
}

const nameless = new NamelessFiles();

/** The same by a file of its own. */
function name(content: string | Uint8Array): Handed {
  const folder = mkdtempSync(join(tmpdir(), "agentx-object-"));
  const path = join(folder, "0");
  const remove = (): void => {
    removeFile(path);
    rmdirSync(folder);
  };
  try {
    writeFileSync(path, content);
  } catch (error) {
    remove();
    throw error;
  }
  return { path, [Symbol.dispose]: remove };
}

/** Writes a tree. Whether its entries are there is for the caller to know. @returns its id */
export function writeTree(repo: Repository, entries: readonly TreeEntry[]): Promise<string> {
  const writer = standingOf(repo, {
    cwd: repo.commonDir,
    args: ["mktree", "--batch", "--missing", "-z"],
    env: standingEnv,
    asksAgain: true,
    oldestMs: null,
  });
  const kinds: Record<string, string> = { "040000": "tree", "160000": "commit" };
  const lines = entries.map(({ mode, name, id }) => `${mode} ${kinds[mode] ?? "blob"} ${id}\t${name}\0`);
  return writer.ask(Buffer.from(`${lines.join("")}\0`, "latin1"), readId("\n"));
}

function readId(end: string): ReadAnswer<string> {
  return (bytes) => {
    const at = bytes.indexOf(end);
    return at === -1 ? { needs: bytes.length + 1 } : { answer: bytes.toString("latin1", 0, at), end: at + 1 };
  };
}
