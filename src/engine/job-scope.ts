import type { JobScope } from "../agents/agent.ts";
import type { Role } from "../core/plan.ts";
import type { PerformContext } from "./dispatcher.ts";
import { usdLeft } from "./run-models.ts";

/** What an agent's job tells while it goes on becomes events of its task. */
export function jobScope(
  context: PerformContext,
  { task, role, scratch }: { task: string; role: Role; scratch: string },
): JobScope {
  const prefix = role === "review" ? "review: " : "";
  return {
    scratch,
    onActivity: (text) => context.onActivity({ type: "worker.activity", task, text: `${prefix}${text}` }),
    onModelCall: (call) => context.record({ type: "model.called", task, role, ...call }),
    onModelLeft: (left) => context.record({ type: "model.left", task, role, ...left }),
    onAgentStarted: (started) => context.record({ type: "agent.started", task, role, ...started }),
    onToolsWithheld: ({ agent, names }) =>
      context.record({ type: "tools.withheld", task, role, agent, names: [...names] }),
    usdLeft: () => usdLeft(context.state()),
    signal: context.signal,
  };
}
