import { stringify } from "yaml";
import { approval, finishes, writes } from "../../e2e/turns.ts";
import { eventsOfType, openProject } from "../../support/project.ts";
import { write } from "../../support/git.ts";
import type { Graph } from "./shapes.ts";

/** What one unit of a graph is in a real run: long beside what a task costs, and short enough to be waited for. */
const realUnitMs = 2000;

/**
 * The makespan, in units, of a whole dispatch whose model takes as long as the graph says: from the first attempt's start to
 * the last merge. @throws unless every task was merged at its first attempt
 */
export async function realRun(graph: Graph, slots: number): Promise<number> {
  const project = openProject({ "readme.md": "bench\n" });
  try {
    const ids = graph.durations.map((_, node) => `t${node}`);
    const script = Object.fromEntries(
      graph.durations.map((units, node) => [
        ids[node],
        {
          implement: [
            { ...writes({ [`t${node}.txt`]: `${node}\n` }), pauseMs: (units * realUnitMs) / 2 },
            { ...finishes(), pauseMs: (units * realUnitMs) / 2 },
          ],
          review: [approval],
        },
      ]),
    );
    write(project.root, {
      "script.yaml": stringify({ tasks: script }),
      "agentx.yaml": stringify({
        slots,
        gates: { check: "test -d ." },
        models: everyRole("scripted/script.yaml"),
      }),
      "plan.md": planOf(graph),
    });
    const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"]);
    const merged = eventsOfType(ran.events, "task.merged");
    const begun = eventsOfType(ran.events, "attempt.started");
    if (merged.length !== ids.length || begun.length !== ids.length)
      throw new Error(`${merged.length} of ${ids.length} merged in ${begun.length} attempts\n${ran.stderr}`);
    const passedMs = Math.max(...merged.map(({ at }) => at)) - Math.min(...begun.map(({ at }) => at));
    return passedMs / realUnitMs;
  } finally {
    project.close();
  }
}

function everyRole(model: string): Record<string, string[]> {
  return Object.fromEntries(["implement", "review", "resolve"].map((role) => [role, [model]]));
}

function planOf({ needs, durations }: Graph): string {
  const tasks = needs.map((of, node) => {
    const keys = [
      `  - estimate: ${(durations[node] ?? 0) * realUnitMs}ms`,
      ...(of.length === 0 ? [] : [`  - needs: ${of.map((need) => `t${need}`).join(", ")}`]),
    ];
    return [`- [ ] Write t${node}.txt \`#t${node}\``, ...keys].join("\n");
  });
  return `# Bench\n\n## Tasks\n\n${tasks.join("\n")}\n`;
}
