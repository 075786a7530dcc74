import { type ExitCode, exitCodes } from "./error.ts";
import { endedWell, openQuestions, type RunState } from "./run-state.ts";

/** How a run stands when its dispatcher has ended. */
export function exitCodeOf(run: RunState, wasInterrupted: boolean): ExitCode {
  if (run.phase === "finished") {
    return [...run.tasks.values()].every((record) => endedWell(record.state))
      ? exitCodes.allMerged
      : exitCodes.someNotMerged;
  }
  if (wasInterrupted) return exitCodes.interrupted;
  return openQuestions(run).length > 0 ? exitCodes.waitingForAnswers : exitCodes.someNotMerged;
}
