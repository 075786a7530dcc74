import type { SandboxProvider } from "../sandbox/sandbox.ts";

/** After this long the program that opens a sandbox has been started, and takes longer itself. */
const startedMs = 10;

/** Does this once, while the first sandbox opens: the loop has nothing to do then but to wait for it. */
export function whileItOpens(sandboxes: SandboxProvider, work: () => void): SandboxProvider {
  let isFirst = true;
  const begin = (): void => {
    if (isFirst) setTimeout(work, startedMs).unref();
    isFirst = false;
  };
  return {
    ...sandboxes,
    open: (spec) => {
      begin();
      return sandboxes.open(spec);
    },
    run: (spec, request) => {
      begin();
      return sandboxes.run(spec, request);
    },
  };
}
