import { redactedJson, redactWith } from "../core/secrets/redact.ts";
import type { Secrets } from "../sys/secrets.ts";
import type { RunWatch } from "./run-watch.ts";

/** What is shown of a run beside its events, which the journal has already cleaned. */
export function redactedWatch(watch: RunWatch, { findAny }: Secrets): RunWatch {
  return {
    ...watch,
    onActivity: (activity) => watch.onActivity({ ...activity, text: redactWith(findAny, activity.text) }),
    log: ({ level, message, facts }) =>
      watch.log({ level, message: redactWith(findAny, message), facts: redactedJson(findAny, facts).value }),
  };
}
