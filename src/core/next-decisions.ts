import { mergesOnto } from "./assignment.ts";
import type { Assignment, EventBody } from "./event.ts";
import { freeWorktree } from "./free-worktrees.ts";
import { waitsForProvider } from "./pause.ts";
import { roleOfNext } from "./role-models.ts";
import { nextQuestion } from "./next-question.ts";
import { staysBehind } from "./merge-queue/settling.ts";
import { nextEjection } from "./merge-queue/next-ejection.ts";
import { endedBadly, openQuestions, type RunState, type TaskRecord } from "./run-state.ts";
import { collides, readyTasks } from "./schedule.ts";

/**
 * The facts that follow from the state alone: at most one kind at a time, so that each sees what the last one changed.
 * @param draining true after the first Ctrl-C: nothing new is started.
 */
export function nextDecisions(run: RunState, draining: boolean): EventBody[] {
  if (run.phase === "finished") return [];
  const answered = answersByDefault(run);
  if (answered.length > 0) return answered;
  const question = nextQuestion(run);
  if (question) return [{ type: "question.asked", question }];
  if (run.phase !== "running") return [];
  const skipped = skips(run);
  if (skipped.length > 0) return skipped;
  if (run.delivery !== null && run.tasks.haveAllEnded()) return [{ type: "run.finished" }];
  const ejection = nextEjection(run);
  if (ejection !== null) return [ejection];
  if (draining) return [];
  return nextMerge(run) ?? nextStart(run) ?? [];
}

function answersByDefault(run: RunState): EventBody[] {
  if (!run.settings.useDefaults) return [];
  return openQuestions(run).flatMap((question) =>
    question.default === null
      ? []
      : [
          {
            type: "question.answered",
            answer: { question: question.id, text: question.default, by: "default" },
          } as const,
        ],
  );
}

function skips(run: RunState): EventBody[] {
  return run.tasks.doomed().flatMap((record) => {
    const because = record.task.needs.find((need) => {
      const needed = run.tasks.get(need);
      return needed !== undefined && endedBadly(needed.state);
    });
    return because === undefined ? [] : [{ type: "task.skipped", task: record.task.id, because } as const];
  });
}

/** All that is queued becomes a line together, but what waits for a conflict to be resolved. What comes while there is one waits: a longer line would be another question. */
function nextMerge(run: RunState): EventBody[] | null {
  if (run.queue.length === 0 || run.line.length > 0) return null;
  const free = run.queue.filter((id) => {
    const record = run.tasks.get(id);
    return record !== undefined && !staysBehind(run, record);
  });
  return free.length === 0 ? null : free.map((task) => ({ type: "merge.started", task }));
}

function nextStart(run: RunState): EventBody[] | null {
  const begun = run.tasks.begun();
  const isHeld = openQuestions(run).some((question) => question.task === null);
  const working = begun.filter((record) => record.state.type === "working").length;
  if (isHeld || working >= run.settings.slots) return null;
  for (const record of readyTasks(run)) {
    if (record.state.type !== "pending" || collides(record, begun) || waitsForProvider(run, record)) continue;
    return [attemptStarted(run, { record, assignment: record.state.next })];
  }
  return null;
}

function attemptStarted(
  run: RunState,
  { record, assignment }: { record: TaskRecord; assignment: Assignment },
): EventBody {
  const onto = mergesOnto(assignment);
  const continues = assignment.type === "answer" && assignment.after === null && record.attempts > 0;
  return {
    type: "attempt.started",
    task: record.task.id,
    attempt: continues ? record.attempts : record.attempts + 1,
    assignment,
    worktree: record.worktree ?? freeWorktree(run, 1),
    thread: onto !== null ? record.thread + 1 : record.thread,
    role: roleOfNext(record, assignment),
    base: onto ?? record.base ?? run.tip,
  };
}
