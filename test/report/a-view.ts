import type { RunState } from "../../src/core/run-state.ts";
import type { View } from "../../src/report/view-input.ts";
import { startAt } from "./a-run.ts";

/** A live view of a state, ten minutes in. */
export function aView(state: RunState, given: Partial<View> = {}): View {
  const times = { startedAt: startAt, now: startAt + 600_000, since: new Map<string, number>() };
  const rest = {
    colors: false,
    stopping: "nothing" as const,
    prompt: null,
    answered: new Map<number, string>(),
    isLive: true,
    isGoing: true,
  };
  return { state, activities: new Map(), width: 80, height: 24, ...times, ...rest, ...given };
}
