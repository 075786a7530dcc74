import { AgentxError } from "../core/error.ts";
import type { EventBody } from "../core/event.ts";
import { integrationBranch, type RunState } from "../core/run-state.ts";
import { deliver as deliverBranch } from "../git/delivery/deliver.ts";
import { pushBranch } from "../git/delivery/push.ts";
import type { Repository } from "../git/repository.ts";
import { deliver } from "../stages/merge/deliver.ts";
import { requireRemote } from "./require-remote.ts";
import type { Workshop } from "./workshop.ts";

/** Hands what merged to the person. */
export async function performDeliver(
  { workspace: { repo } }: Workshop,
  state: RunState,
): Promise<EventBody[]> {
  const integration = integrationBranch(state.run);
  const merged = [...state.tasks.values()].filter((record) => record.state.type === "merged");
  const body = merged.map(({ task }) => `- ${task.title} (${task.id})`).join("\n");
  const { settings, base, personAt, tip, plan } = state;
  return deliver(
    { settings, base, personAt, tip, integration, title: plan.title, body },
    {
      fastForward: ({ branch, from, to }) =>
        deliverBranch(repo, { branch, from, to, remoteBranch: integration, ticked: [plan.source.file] }),
      push: (branch) => push(repo, branch),
      openPullRequest: (request) => openPullRequest(repo, request),
    },
  );
}

async function push(repo: Repository, branch: string): Promise<void> {
  await pushBranch(repo, { remote: await requireRemote(repo), branch });
}

type PullRequest = { branch: string; into: string | null; title: string; body: string };

/** Through `gh`, which has the person's login. One that is open already is the answer too, so this may be repeated. */
async function openPullRequest(
  repo: Repository,
  { branch, into, title, body }: PullRequest,
): Promise<string> {
  const known = await gh(repo, ["pr", "view", branch, "--json", "url", "--jq", ".url"]);
  if (known.exitCode === 0 && known.stdout.trim() !== "") return known.stdout.trim();
  const base = into === null ? [] : ["--base", into];
  const made = await gh(repo, ["pr", "create", "--head", branch, ...base, "--title", title, "--body", body]);
  if (made.exitCode === 0) return made.stdout.trim().split("\n").at(-1) ?? "";
  throw new AgentxError("PULL_REQUEST_FAILED", {
    where: "gh",
    what: made.isMissing ? "gh is not installed" : made.stderr.trim(),
    hint: `${branch} is pushed: open the pull request by hand, or mend this and run agentx resume`,
  });
}

type Said = { exitCode: number; stdout: string; stderr: string; isMissing: boolean };

async function gh(repo: Repository, args: string[]): Promise<Said> {
  const { execa } = await import("execa");
  const result = await execa("gh", args, {
    cwd: repo.root,
    reject: false,
    stdin: "ignore",
    timeout: 120_000,
  });
  const isMissing = result.code === "ENOENT";
  return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr, isMissing };
}
