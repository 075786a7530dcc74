import { effect } from "../../sys/failpoint.ts";
import { standingEnv } from "../processes/git-env.ts";
import { resolveCommit } from "../objects/read-commits.ts";
import type { Repository } from "../repository.ts";
import { standingOf } from "../processes/standing-of.ts";

/** @property from empty where the ref must not exist yet */
export type Swap = { ref: string; to: string; from: string };

/** Git looks at the clock once in its life, and a move of a ref is logged with its time. */
const oldestMs = 5000;

const lastWords = "commit: ok\n";

/**
 * Moves a ref by a process that stands by. @returns false where it was not moved, for whatever reason: that process has then
 * died without a word that belongs to this question.
 */
export async function swapRef(repo: Repository, { ref, to, from }: Swap): Promise<boolean> {
  const move = from === "" ? `create ${ref}\0${to}\0` : `update ${ref}\0${to}\0${from}\0`;
  const writer = standingOf(repo, {
    cwd: repo.commonDir,
    args: ["update-ref", "--no-deref", "-m", "agentx", "--stdin", "-z"],
    // Whoever finds a ref locked waits in a process of its own, not in everybody's way.
    config: ["core.filesRefLockTimeout=0"],
    env: standingEnv,
    asksAgain: false,
    oldestMs,
  });
  let isPrepared = false;
  const asked = `start\0${move}prepare\0commit\0`;
  return effect("git.update-ref", async () => {
    try {
      return await writer.ask(asked, (bytes) => {
        isPrepared ||= bytes.includes("prepare: ok\n");
        const end = bytes.indexOf(lastWords) + lastWords.length;
        return end < lastWords.length ? { needs: bytes.length + 1 } : { answer: true, end };
      });
    } catch {
      // It may have died between the two, or before it said so.
      return isPrepared && (await resolveCommit(repo, ref)) === to;
    }
  });
}
