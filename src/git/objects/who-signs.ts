import type { Repository } from "../repository.ts";
import { runGit } from "../processes/run-git.ts";

/** `Name <address>` of a commit's two people. */
type Signed = { author: string; committer: string };

const signers = new WeakMap<Repository, Promise<Signed>>();

/** Whom git would name, or agentx where nobody is configured, or half a name. Asked once for a run. */
export function whoSigns(repo: Repository): Promise<Signed> {
  const known = signers.get(repo) ?? askWhoSigns(repo);
  signers.set(repo, known);
  known.catch(() => signers.delete(repo));
  return known;
}

const agentx = "agentx <agentx@localhost>";

async function askWhoSigns(repo: Repository): Promise<Signed> {
  // One would sign with the machine's name otherwise.
  const place = { cwd: repo.root, config: ["user.useConfigOnly=true"] };
  const [author, committer] = await Promise.all(
    ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"].map(async (name) => {
      const { exitCode, stdout } = await runGit(place, ["var", name], { expect: [0, 128] });
      return exitCode === 0 ? /^.*>/.exec(stdout)?.[0] : undefined;
    }),
  );
  return author && committer ? { author, committer } : { author: agentx, committer: agentx };
}
