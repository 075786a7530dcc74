import { AgentxError } from "../core/error.ts";
import { defaultRemote } from "../git/delivery/push.ts";
import type { Repository } from "../git/repository.ts";

/** Where a pull request's branch is pushed to. @throws AgentxError NO_REMOTE */
export async function requireRemote(repo: Repository): Promise<string> {
  const remote = await defaultRemote(repo);
  if (remote !== null) return remote;
  throw new AgentxError("NO_REMOTE", {
    where: repo.root,
    what: "there is no remote to push to",
    hint: "git remote add origin …, then dispatch or resume again",
  });
}
