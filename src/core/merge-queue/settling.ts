import { waitsForProvider } from "../pause.ts";
import { hasEnded, type RunState, type TaskRecord } from "../run-state.ts";

/** A task whose conflict with what has landed is being resolved. */
export type Settling = {
  task: string;
  /** What it handed over last. */
  commit: string;
  /** Something has landed before it once already that it conflicted with anew. */
  isOvertaken: boolean;
};

/** Tasks at work on a conflict, up to the moment at which they are queued. */
export function settlingTasks(run: RunState): Settling[] {
  return run.tasks.begun().flatMap((record) => {
    const { task, head, state, thread } = record;
    if (head === null || !isSettling(run, record) || state.type === "queued" || state.type === "merging")
      return [];
    return [{ task: task.id, commit: head, isOvertaken: thread + Number(isToResolve(record)) > 2 }];
  });
}

/** Whether a queued task stays out of the line: until what it conflicts with has landed, has ended, or waits for somebody. */
export function staysBehind(run: RunState, { state }: TaskRecord): boolean {
  if (state.type !== "queued") return false;
  return state.behind.some((id) => {
    const other = run.tasks.get(id);
    return other !== undefined && isSettling(run, other);
  });
}

/** What waits for the person or for a provider may take a day, and keeps nobody waiting. */
function isSettling(run: RunState, record: TaskRecord): boolean {
  const { state, role } = record;
  if (hasEnded(state) || state.type === "blocked" || state.type === "held") return false;
  return (role === "resolve" || isToResolve(record)) && !waitsForProvider(run, record);
}

/** The conversation of the resolve attempt begins with the attempt. */
function isToResolve({ state }: TaskRecord): boolean {
  return state.type === "pending" && state.next.type === "conflict";
}
