import type { JobScope } from "../agents/agent.ts";
import { providerOf } from "../core/pause.ts";
import type { Role } from "../core/plan.ts";
import type { PerformContext } from "./dispatcher.ts";
import { usdLeft } from "./run-models.ts";

/** Waits that end this close to each other are one. */
const sameMs = 2_000;

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
    onModelPaused: ({ model, reason, waitMs }) => {
      const provider = providerOf(model);
      const until = context.now() + waitMs;
      const known = context.state().pauses.get(provider)?.until ?? 0;
      // Workers that were refused together need not all say so.
      if (known + sameMs < until) context.record({ type: "provider.paused", provider, until, reason });
    },
    onAgentStarted: (started) => context.record({ type: "agent.started", task, role, ...started }),
    onToolsWithheld: ({ agent, names }) =>
      context.record({ type: "tools.withheld", task, role, agent, names: [...names] }),
    usdLeft: () => usdLeft(context.state()),
    signal: context.signal,
  };
}
