import { noBounds } from "../limits/bounds.ts";
import { shellWord } from "../inside/shell-word.ts";
import type { ReadyPipes } from "../ready-pipes.ts";
import { type AloneStart, aloneScript, guardFd } from "./lone-child.ts";

type Command = {
  root: string;
  /** For `sh -c`, in a process of its own: it is not to see the guard among what it has started. */
  script: string;
  env: Record<string, string>;
  pipes: ReadyPipes;
};

/**
 * A command without walls. What ends it with this process, and with it what it has left behind, is a guard: a shell in the command's process
 * group that waits for the end of a pipe. It bears what asks the group to end, so that nothing outlives the grace time; so does the shell that
 * stands for a sandbox, which is the command's parent, and says nothing of how that ended but by its exit code.
 */
export function unwalledStart({ root, script, env, pipes }: Command): AloneStart {
  const guard = `{ trap '' HUP INT TERM; read -r _; kill -9 0; } <&${guardFd} >/dev/null 2>&1 &\n`;
  const command = `( exec /bin/sh -c ${shellWord(script)} 2>&4 4>&- ${guardFd}<&- )\n`;
  const silently = `trap : HUP INT TERM\nexec 4>&2 2>/dev/null\n${command}exit $?\n`;
  const shell = `cd -- ${shellWord(root)} || exit\nunset OLDPWD\n${aloneScript}${guard}${silently}`;
  return {
    file: "/bin/sh",
    args: ["-c", shell],
    env,
    isWalled: false,
    inputs: [],
    root,
    bounds: noBounds,
    disk: null,
    pipes,
  };
}
