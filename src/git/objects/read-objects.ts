import { existsSync } from "node:fs";
import { AgentxError } from "../../core/error.ts";
import { readerEnv } from "../processes/git-env.ts";
import { folderGone } from "../processes/git-failure.ts";
import type { Repository } from "../repository.ts";
import type { ReadAnswer } from "../processes/standing-git.ts";
import { standingOf } from "../processes/standing-of.ts";

type ObjectType = "blob" | "tree" | "commit" | "tag";

export type FoundObject = { id: string; type: ObjectType; bytes: number };

/**
 * What a name stands for, as `git rev-parse` takes it: a full id, `refs/heads/x^{commit}`, `<commit>:<path>`; null where it stands
 * for nothing. Looked up anew each time, so a ref that somebody moves is seen.
 */
export async function findObject(repo: Repository, name: string): Promise<FoundObject | null> {
  return (await ask(repo, { command: "info", name }))?.found ?? null;
}

/** As `findObject`, with the object's bytes. */
export async function readObject(
  repo: Repository,
  name: string,
): Promise<(FoundObject & { content: Buffer }) | null> {
  const answer = await ask(repo, { command: "contents", name });
  return answer === null ? null : { ...answer.found, content: answer.content };
}

/** An object that has to be there. @throws AgentxError GIT_FAILED */
export async function requireObject(repo: Repository, name: string): Promise<FoundObject> {
  const found = await findObject(repo, name);
  if (found === null) throw noSuchObject(name);
  return found;
}

export function noSuchObject(name: string): AgentxError {
  return new AgentxError("GIT_FAILED", {
    where: "git cat-file",
    what: `there is no object of the name "${name}"`,
    hint: "",
  });
}

type Asked = { command: "info" | "contents"; name: string };
type Answer = { found: FoundObject; content: Buffer };

async function ask(repo: Repository, asked: Asked): Promise<Answer | null> {
  // A NUL can be in no name, and would end the question.
  if (asked.name.includes("\0")) return null;
  const reader = standingOf(repo, {
    cwd: repo.root,
    args: ["cat-file", "--batch-command", "-z"],
    env: readerEnv,
    asksAgain: true,
    oldestMs: null,
  });
  const answer = await reader.ask(`${asked.command} ${asked.name}\0`, readAnswer(asked));
  // From a folder that is gone nothing is found, which says nothing of what is in it.
  if (answer === null && !existsSync(repo.root)) throw folderGone(repo.root);
  return answer;
}

const newline = 0x0a;

function readAnswer({ command, name }: Asked): ReadAnswer<Answer | null> {
  const refusals = ["missing", "ambiguous"].map((word) => Buffer.from(`${name} ${word}\n`));
  return (bytes) => {
    // First, and by its length: a name may have line breaks of its own.
    for (const refusal of refusals) {
      const end = Math.min(refusal.length, bytes.length);
      if (!bytes.subarray(0, end).equals(refusal.subarray(0, end))) continue;
      return end === refusal.length ? { answer: null, end } : { needs: bytes.length + 1 };
    }
    const headerEnd = bytes.indexOf(newline);
    if (headerEnd === -1) return { needs: bytes.length + 1 };
    const start = headerEnd + 1;
    const header = bytes.toString("latin1", 0, headerEnd);
    // What later versions of git say of a submodule's commit, which is in another repository.
    if (/^[0-9a-f]+ submodule$/.test(header)) return { answer: null, end: start };
    const [, id = "", type, size] = /^([0-9a-f]+) (blob|tree|commit|tag) (\d+)$/.exec(header) ?? [];
    if (size === undefined) throw new Error(`git cat-file says "${header}" of ${name}`);
    const found = { id, type: type as ObjectType, bytes: Number(size) };
    if (command === "info") return { answer: { found, content: Buffer.alloc(0) }, end: start };
    const end = start + found.bytes + 1;
    if (bytes.length < end) return { needs: end };
    return { answer: { found, content: bytes.subarray(start, end - 1) }, end };
  };
}
