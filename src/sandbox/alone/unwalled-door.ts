import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { helperExtension, helperFolder } from "../helper-command.ts";
import { doorProgram, doorProgramName } from "../inside/door-program.ts";
import { doorSocket, doorVariable } from "../inside/protocol.ts";

/** The door without walls and without a helper: its socket where it lies. */
export function addressOf(door: string): string {
  return `http://unix:${join(door, doorSocket)}:`;
}

/** Puts the program `agentx` beside the door. @returns the environment in which it is found, and reaches the door */
export function placeDoorProgram(door: string, env: Record<string, string>): Record<string, string> {
  const bin = join(door, "bin");
  const program = join(helperFolder, `${doorProgramName}.${helperExtension}`);
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, doorProgramName), doorProgram([process.execPath, program]), { mode: 0o755 });
  const path = [bin, ...(env["PATH"] ? [env["PATH"]] : [])].join(delimiter);
  return { ...env, PATH: path, [doorVariable]: addressOf(door) };
}
