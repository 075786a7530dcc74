import { stringify } from "yaml";
import { commitFiles, type Project, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { approval, planOf } from "./turns.ts";

export type CommandRun = { project: Project; env: Record<string, string> };

type Wanted = {
  /** Name of an agent → its shell command; `mine` does every task that names no other. */
  commands: Record<string, string>;
  /** Agents that ask no model. */
  modelless?: readonly string[];
  /** Tasks with their lines in the plan. */
  tasks?: Record<string, readonly string[]>;
  /** Further keys of agentx.yaml. */
  settings?: Record<string, unknown>;
};

/** A project whose tasks are done by shell commands, and whose reviewer likes everything. */
export async function commandProject({
  commands,
  modelless = [],
  tasks = { a: [] },
  settings = {},
}: Wanted): Promise<CommandRun> {
  const entries = Object.entries(commands).map(([name, command]) => [
    name,
    { command, ...(modelless.includes(name) && { credentials: "none" }) },
  ]);
  const programs = Object.fromEntries(entries) as Record<string, object>;
  const config = { gates: { check: "sh check.sh" }, agents: { implement: "mine" }, programs, ...settings };
  const project = smallProject({
    "agentx.yaml": stringify(config),
    "check.sh": "test ! -e broken || { echo 'check.sh:1: broken is there' >&2; exit 1; }\n",
    "plan.md": planOf(tasks),
  });
  commitFiles(project.root, {}, "plan");
  const script = Object.fromEntries(Object.keys(tasks).map((task) => [task, { review: [approval] }]));
  const { env } = await serveModels(project, { tasks: script });
  return { project, env };
}

export const dispatchArgs: string[] = ["dispatch", "plan.md", "--yes", "--json"];

/** Keeps a task, and with it the dispatcher, busy until its note says `go`. */
export const waitsForNote =
  "until { agentx notes; cat {prompt_file}; } | grep -q 'Note from the person: go'; do sleep 0.1; done; echo two > b.txt";
