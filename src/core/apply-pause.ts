import type { EventOf } from "./event.ts";
import { mostPausesInARow, providerOf } from "./pause.ts";
import type { RunState } from "./run-state.ts";

/** A provider that only ever asks for more patience is the person's matter. */
export function pauseProvider(draft: RunState, event: EventOf<"provider.paused">): void {
  const { provider, reason } = event;
  const known = draft.pauses.get(provider);
  const isGoingOn = (known?.until ?? null) !== null;
  const times = (known?.times ?? 0) + (isGoingOn ? 0 : 1);
  if (times > mostPausesInARow) {
    draft.pauses = without(draft.pauses, provider);
    draft.hold = {
      reason: `${provider} was waited for ${mostPausesInARow} times in a row, and asks to wait again: ${reason}`,
      hint: "see what the account's limits are, or take another provider",
    };
    return;
  }
  const until = Math.max(known?.until ?? 0, event.until);
  draft.pauses = new Map(draft.pauses).set(provider, { until, reason, times });
}

export function endPause(draft: RunState, provider: string): void {
  const known = draft.pauses.get(provider);
  if (known) draft.pauses = new Map(draft.pauses).set(provider, { ...known, until: null });
}

/** An answer after a pause ends the row. One that was still under way when the pause began says nothing about it. */
export function answered(draft: RunState, model: string): void {
  const known = draft.pauses.get(providerOf(model));
  if (known?.until === null) draft.pauses = without(draft.pauses, providerOf(model));
}

function without(pauses: RunState["pauses"], provider: string): RunState["pauses"] {
  return new Map([...pauses].filter(([name]) => name !== provider));
}
