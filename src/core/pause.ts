import { reviewCandidates, modelsFor, roleOfNext } from "./role-models.ts";
import type { RunState, TaskRecord } from "./run-state.ts";

/** A provider that asked to be left alone for a while. */
export type Pause = {
  /** Milliseconds since 1970; null once that is over and nothing was answered yet. */
  until: number | null;
  reason: string;
  /** Pauses in a row without an answer between them. */
  times: number;
};

/** One pause more than these without an answer between them, and the person is asked instead. */
export const mostPausesInARow = 3;

/** The first part of `provider/id`. */
export function providerOf(model: string): string {
  return model.slice(0, Math.max(0, model.indexOf("/")));
}

function isPaused({ pauses }: Pick<RunState, "pauses">, model: string): boolean {
  return (pauses.get(providerOf(model))?.until ?? null) !== null;
}

/** The models that may be asked now, in their order; all of them where none may. */
export function unpaused(run: Pick<RunState, "pauses">, models: readonly string[]): string[] {
  const free = models.filter((model) => !isPaused(run, model));
  return free.length === 0 ? [...models] : free;
}

/** Whether what comes next for a task can not go on before a provider's pause is over. */
export function waitsForProvider(run: RunState, record: TaskRecord): boolean {
  if (run.pauses.size === 0) return false;
  const models = wantedModels(run, record);
  return models.length > 0 && models.every((model) => isPaused(run, model));
}

function wantedModels(run: RunState, record: TaskRecord): string[] {
  const { settings } = run;
  const { task, state, writer } = record;
  if (state.type === "pending") return modelsFor(settings, { role: roleOfNext(record, state.next), task });
  if (state.type !== "reviewing") return [];
  const [first = ""] = modelsFor(settings, { role: task.role, task });
  return reviewCandidates(settings, writer ?? first);
}

/** Providers that something of the run waits for, and until when. */
export function awaitedPauses(run: RunState): { provider: string; until: number }[] {
  if ([...run.pauses.values()].every(({ until }) => until === null)) return [];
  const waiting = [...run.tasks.values()].filter((record) => waitsForProvider(run, record));
  const awaited = new Set(waiting.flatMap((record) => wantedModels(run, record).map(providerOf)));
  return [...run.pauses].flatMap(([provider, { until }]) =>
    until !== null && awaited.has(provider) ? [{ provider, until }] : [],
  );
}
