import { join } from "node:path";
import type { EventBody } from "../../src/core/event.ts";
import type { Task } from "../../src/core/plan.ts";
import { noSpend } from "../../src/core/usage.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { plan, settings } from "../support/core-run.ts";

export const startedAt: number = Date.UTC(2026, 4, 1, 12, 0, 0);

type Given = { run?: string; tasks: Task[]; base?: string; events: EventBody[] };

/** A run in the repository's journal, as a dispatcher would have left it: an event a second. */
export function journalRun(root: string, { run = "r1", tasks, base = "base", events }: Given): void {
  using journal = openJournal({ folder: join(root, ".agentx") });
  const first: EventBody = {
    type: "run.started",
    run,
    plan: plan(...tasks),
    settings: settings(),
    base: { branch: "main", commit: base },
    planning: noSpend,
  };
  for (const [second, event] of [first, ...events].entries()) {
    journal.append({ run, at: startedAt + second * 1000, event });
  }
}

export function attempt(task: string, given: { base?: string; worktree?: number } = {}): EventBody {
  const { base = "base", worktree = 1 } = given;
  const assignment = { type: "fresh" } as const;
  return {
    type: "attempt.started",
    task,
    attempt: 1,
    assignment,
    worktree,
    thread: 1,
    role: "implement",
    base,
  };
}

export function asked(id: number, task: string, text: string): EventBody {
  const question = { id, kind: "worker" as const, task, text, options: ["Strict", "Lax"], default: null };
  return { type: "question.asked", question };
}
