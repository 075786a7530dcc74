import { setImmediate } from "node:timers/promises";
import { askAhead } from "../engine/ask-ahead.ts";
import type { SettingsOptions, ViewOptions } from "./run-options.ts";
import type { Terminal } from "./terminal.ts";

export type DispatchOptions = SettingsOptions & ViewOptions & { yes?: boolean; anew?: boolean };

/** From a PRD or plan to merged branches. Nothing is changed before the go-ahead. */
export async function dispatch(terminal: Terminal, input: string, options: DispatchOptions): Promise<number> {
  const asked = askAhead(terminal.cwd, terminal.env, options.unsafeNoSandbox === true);
  // Loading holds the loop: the questions go out before it, and in between the first answers lead to the next ones.
  await setImmediate();
  await import("../engine/prepare.ts");
  await setImmediate();
  const { dispatchAsked } = await import("./dispatch-asked.ts");
  return dispatchAsked(terminal, { input, options, asked });
}
