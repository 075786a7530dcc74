import type { Plan } from "../core/plan.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { describeWorker } from "../engine/describe-worker.ts";
import { estimateSpend } from "../engine/estimate-spend.ts";
import { renderPlanTable } from "../report/plan-table.ts";
import { tell, type Terminal, usesColors, widthOf } from "./terminal.ts";

/** What would be dispatched: tasks, needs, models, and what it may cost. */
export async function showPlan(
  terminal: Terminal,
  { plan, settings }: { plan: Plan; settings: RunSettings },
): Promise<void> {
  const estimate = await estimateSpend(plan, settings);
  const table = renderPlanTable({
    plan,
    workerOf: (task) => describeWorker(settings, task),
    estimate,
    width: widthOf(terminal),
    colors: usesColors(terminal),
  });
  tell(terminal, `\n${table}\n`);
}
