import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { git, write } from "../../support/git.ts";

/** A repository of so many files of some 2 kB, a hundred a folder, whose agents follow `script` and whose gate is `test -d .`. */
export function makeFiles(root: string, { files, script }: { files: number; script: string }): void {
  for (let file = 0; file < files; file += 1) {
    if (file % 100 === 0) mkdirSync(join(root, String(file / 100)), { recursive: true });
    writeFileSync(join(root, pathOf(file)), `${file}\n`.repeat(500));
  }
  const model = `scripted/${script}`;
  const settings = { slots: 4, models: { implement: model, review: model }, gates: { test: "test -d ." } };
  write(root, { "agentx.yaml": JSON.stringify(settings) });
  git(root, "init", "--quiet", "--initial-branch=main");
  git(root, "config", "user.name", "Bench");
  git(root, "config", "user.email", "bench@localhost");
  git(root, "add", "--all");
  git(root, "commit", "--quiet", "--message", "Begin");
}

/**
 * A plan of tasks that write one file each, and its script: every model answers at once, and every review approves.
 * @returns the plan's file name
 */
export function writeEditTasks(root: string, { round, tasks, script }: EditTasks): string {
  const ids = Array.from({ length: tasks }, (_, at) => `t${round}-${at}`);
  const plan = `plan-${round}.md`;
  const items = ids.map((id) => `- [ ] Edit ${id} \`#${id}\``).join("\n");
  write(root, { [plan]: `# Round ${round}\n\n## Tasks\n\n${items}\n` });
  writeFileSync(script, JSON.stringify({ tasks: Object.fromEntries(ids.map(partOf)) }));
  return plan;
}

type EditTasks = { round: number; tasks: number; script: string };

function partOf(id: string, at: number): [string, object] {
  const verdict = { tool: "submit_verdict", verdict: "approve", summary: "as it was wanted", findings: [] };
  const implement = [
    { call: { tool: "write", path: pathOf(at), content: `${id}\n` } },
    { call: { tool: "finish", note: id } },
  ];
  return [id, { implement, review: [{ call: verdict }] }];
}

function pathOf(file: number): string {
  return `${Math.floor(file / 100)}/${file}`;
}
