import type { ScriptTurn } from "../../../src/models/script.ts";
import { approval, finishes } from "../../e2e/turns.ts";

/** What every worker of one dispatch does: the same turns, each in a task of its own. */
export type BenchTask = { ids: readonly string[]; turnsFor: (id: string) => ScriptTurn[] };

const shell = (command: string): ScriptTurn => ({ call: { tool: "shell", command } });

/** Eight independent tasks; three tool calls and the last words each. */
export const sideBySide: BenchTask = {
  ids: Array.from({ length: 8 }, (_, index) => `part-${index + 1}`),
  turnsFor: (id) => [
    shell(`echo ${id} > ${id}.txt`),
    shell(`cat ${id}.txt readme.md`),
    shell("ls -la"),
    finishes(`${id}.txt is there`),
  ],
};

/** One task with ten tool calls, each with about 19 KB of output, and the last words. */
export const longOutputs: BenchTask = {
  ids: ["numbers"],
  turnsFor: (id) => [
    // No two alike: the same call again and again is taken for a loop by some programs.
    ...Array.from({ length: 10 }, (_, step) => shell(`echo step ${step + 1} | tee ${id}.txt; seq 1 4000`)),
    finishes("counted"),
  ],
};

export function planFor({ ids }: BenchTask): string {
  return `# Bench\n\n## Tasks\n\n${ids.map((id) => `- [ ] Write ${id}.txt \`#${id}\``).join("\n")}\n`;
}

export function scriptFor({ ids, turnsFor }: BenchTask): object {
  const parts = ids.map((id) => [id, { implement: turnsFor(id), review: [approval] }]);
  return { tasks: Object.fromEntries(parts) };
}
