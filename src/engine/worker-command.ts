import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { helperExtension, helperFolder } from "../sandbox/helper-command.ts";
import { doorProgramName } from "../sandbox/inside/door-program.ts";

/**
 * The commands that a worker has inside its sandbox, where they are another, smaller program. Elsewhere it says so itself.
 * @returns its exit code
 */
export async function runWorkerCommand(args: readonly string[]): Promise<number> {
  const file = join(helperFolder, `${doorProgramName}.${helperExtension}`);
  const child = spawn(process.execPath, [file, ...args], { stdio: "inherit" });
  const [exitCode] = (await once(child, "exit")) as [number | null];
  return exitCode ?? 1;
}
