import type { Delivery, EventBody, RunBase } from "../../core/event.ts";
import type { RunSettings } from "../../core/run-settings.ts";

export type DeliverPorts = {
  /** Fast-forwards the person's branch where that loses nothing, else says which command takes the work. */
  fastForward: (change: {
    branch: string | null;
    from: string;
    to: string;
    integration: string;
  }) => Promise<Delivery>;
  push: (branch: string) => Promise<void>;
  /** Address of the pull request from `branch`, opened now or before. */
  openPullRequest: (request: {
    branch: string;
    into: string | null;
    title: string;
    body: string;
  }) => Promise<string>;
};

export type DeliverJob = {
  settings: RunSettings;
  base: RunBase;
  /** Where the person's branch is expected: the base, or what was delivered to it before. */
  personAt: string;
  tip: string;
  integration: string;
  title: string;
  body: string;
};

/** Hands the run's work to the person: a fast-forward, a pull request, or the command that takes it. */
export async function deliver(job: DeliverJob, ports: DeliverPorts): Promise<EventBody[]> {
  const { settings, base, tip, integration } = job;
  if (tip === job.personAt)
    return [{ type: "run.delivered", delivery: { type: "nothing" }, pullRequest: null }];
  const command = `git merge ${integration}`;
  if (settings.pullRequest) {
    await ports.push(integration);
    const pullRequest = await ports.openPullRequest({
      branch: integration,
      into: base.branch,
      title: job.title,
      body: job.body,
    });
    const reason = "the work is in a pull request";
    return [{ type: "run.delivered", delivery: { type: "left", reason, command }, pullRequest }];
  }
  const delivery: Delivery = settings.fastForward
    ? await ports.fastForward({ branch: base.branch, from: job.personAt, to: tip, integration })
    : { type: "left", reason: "fast-forwarding is switched off", command };
  return [{ type: "run.delivered", delivery, pullRequest: null }];
}
