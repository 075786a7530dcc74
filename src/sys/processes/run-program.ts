import { howEnded } from "./how-ended.ts";
import { startProcess } from "./start-process.ts";

/** Runs a program of the system's that says nothing and reads nothing. Rejects with an Error where it does not end with 0. */
export async function runProgram(file: string, args: readonly string[]): Promise<void> {
  const env = { PATH: "/usr/bin:/bin:/run/current-system/sw/bin" };
  const stdio = ["nothing", "nothing", "nothing"] as const;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  startProcess(
    { file, args, cwd: "/", env, stdio },
    {
      onEnded: (ending) => {
        if (ending.type === "exited" && ending.exitCode === 0) resolve();
        else reject(new Error(`${file} ${howEnded(ending)}`));
      },
    },
  );
  await promise;
}
