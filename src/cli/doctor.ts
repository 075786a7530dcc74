import { exitCodes } from "../core/error.ts";
import { isTight } from "../core/escape-attempt.ts";
import { examine } from "../engine/doctor/examine.ts";
import { renderDoctor } from "../report/doctor.ts";
import { renderEscapeAttempts } from "../report/escape-attempts.ts";
import { renderJson } from "../report/json.ts";
import { stdoutLook } from "./stdout-look.ts";
import { print, type Terminal } from "./terminal.ts";

export type DoctorOptions = { json?: boolean; sandbox?: boolean; repair?: boolean; yes?: boolean };

/** What works here, what does not, and how to fix it. Ends with 1 when a run could not start. */
export async function doctor(terminal: Terminal, options: DoctorOptions): Promise<number> {
  if (options.sandbox === true) return escape(terminal, options);
  if (options.repair === true) return (await import("./repair.ts")).repair(terminal, options);
  const rows = await examine(terminal.cwd, terminal.env);
  print(terminal, options.json ? renderJson(rows) : renderDoctor(rows, stdoutLook(terminal)));
  return rows.some(({ health }) => health === "fail") ? exitCodes.someNotMerged : exitCodes.allMerged;
}

/** Tries to get out of a sandbox. Ends with 1 when anything was reached. */
async function escape(terminal: Terminal, options: DoctorOptions): Promise<number> {
  const { tryToEscape } = await import("../engine/doctor/try-to-escape.ts");
  const attempts = await tryToEscape(terminal.cwd, terminal.env);
  print(terminal, options.json ? renderJson(attempts) : renderEscapeAttempts(attempts, stdoutLook(terminal)));
  return isTight(attempts) ? exitCodes.allMerged : exitCodes.someNotMerged;
}
