import { exitCodes } from "../core/error.ts";
import type { Advice } from "../core/repair/repair.ts";
import { openRepair, type RepairSession } from "../engine/repair/repair-session.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { renderJson } from "../report/json.ts";
import { renderAdvice, renderMended } from "../report/repairs.ts";
import { confirm } from "./confirm.ts";
import { stdoutLook } from "./stdout-look.ts";
import { isInteractive, print, tell, type Terminal } from "./terminal.ts";

type RepairOptions = { yes?: boolean; json?: boolean };

/** A restored journal shows what else there is to mend, and mending that could do so once more. */
const mostRounds = 3;

/** Shows what would be mended and why, and mends it when that is wanted. Ends with 1 when something is left to mend. */
export async function repair(terminal: Terminal, options: RepairOptions): Promise<number> {
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  using session = openRepair(workspace, terminal.now);
  for (let round = 0; round < mostRounds; round += 1) {
    const advice = await session.advise();
    if (options.json) print(terminal, renderJson({ ...advice, mending: options.yes === true }));
    else print(terminal, renderAdvice(advice, stdoutLook(terminal)));
    if (advice.repairs.length === 0) return exitCodes.allMerged;
    if (!(await isWanted(terminal, options))) return exitCodes.someNotMerged;
    await mendAll(terminal, { session, advice, isQuiet: options.json === true });
  }
  return exitCodes.someNotMerged;
}

async function isWanted(terminal: Terminal, { yes, json }: RepairOptions): Promise<boolean> {
  if (yes) return true;
  if (!json && isInteractive(terminal)) return confirm(terminal, "Mend it?");
  if (!json) tell(terminal, "Nothing was changed. agentx doctor --repair --yes mends it.");
  return false;
}

type Mending = { session: RepairSession; advice: Advice; isQuiet: boolean };

async function mendAll(terminal: Terminal, { session, advice, isQuiet }: Mending): Promise<void> {
  for (const advised of advice.repairs) {
    const said = await session.mend(advised.repair);
    if (!isQuiet) print(terminal, renderMended(advised, said, stdoutLook(terminal)));
  }
}
