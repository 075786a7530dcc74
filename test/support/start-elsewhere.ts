/** Loaded before agentx (`--import`) or called: from now on a small process starts what this one wants started. */
import { startProcess, startsElsewhere } from "../../src/sys/processes/start-process.ts";

export async function startElsewhere(): Promise<void> {
  while (!startsElsewhere()) {
    await new Promise<void>((resolve) => {
      startProcess(
        { file: "/bin/sleep", args: ["0.01"], cwd: "/", env: {}, stdio: [] },
        { onEnded: () => resolve() },
      );
    });
  }
}

if (process.execArgv.includes("--import")) await startElsewhere();
