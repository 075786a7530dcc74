import type { Repository } from "../repository.ts";
import { compareAndSwapRef, readRef } from "./refs.ts";

/**
 * Keeps a commit alive under `refs/agentx/rescue/<name>-<UTC time>`; that name with a number when it is taken.
 * @param rescue `name` is a branch or a folder's name, `at` milliseconds since 1970.
 * @returns the ref.
 */
export async function saveRescue(
  repo: Repository,
  rescue: { commit: string; name: string; at: number },
): Promise<string> {
  const time = new Date(rescue.at).toISOString().replaceAll(":", "").replace("T", "-").slice(0, 17);
  const first = `refs/agentx/rescue/${rescue.name}-${time}`;
  for (let number = 1; ; number += 1) {
    const ref = number === 1 ? first : `${first}-${number}`;
    const saved = await compareAndSwapRef(repo, { ref, to: rescue.commit, from: "" });
    if (saved || (await readRef(repo, ref)) === rescue.commit) return ref;
  }
}
