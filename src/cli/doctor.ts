import { exitCodes } from "../core/error.ts";
import { examine } from "../engine/doctor/examine.ts";
import { renderDoctor } from "../report/doctor.ts";
import { renderJson } from "../report/json.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, type Terminal } from "./terminal.ts";

/** What works here, what does not, and how to fix it. Ends with 1 when a run could not start. */
export async function doctor(terminal: Terminal, options: { json?: boolean }): Promise<number> {
  const rows = await examine(terminal.cwd, terminal.env);
  print(terminal, options.json ? renderJson(rows) : renderDoctor(rows, stdoutLook(terminal)));
  return rows.some(({ health }) => health === "fail") ? exitCodes.someNotMerged : exitCodes.allMerged;
}
