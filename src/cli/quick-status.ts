import { lookForFolder } from "../engine/look-for-folder.ts";
import { readStanding } from "../engine/read-standing.ts";
import { parseStanding } from "../report/standing.ts";
import { renderStatus } from "../report/status.ts";
import { secretsOf } from "../sys/secrets.ts";
import { leftToTake } from "./left-to-take.ts";
import { shownOn } from "./shown-on.ts";
import { stdoutLook } from "./stdout-look.ts";
import type { Terminal } from "./terminal.ts";

/**
 * What `agentx status` says, from what the dispatcher kept: in one file with all that it imports (docs/decisions/0023), since
 * loading files one by one takes longer than the answer. Null where that takes the whole program, trouble included.
 */
export function quickStatus(
  terminal: Pick<Terminal, "cwd" | "env" | "stdout" | "stderr" | "now">,
): string | null {
  const { cwd, env, stdout, now } = terminal;
  const folder = lookForFolder(cwd);
  const found = readQuietly(folder);
  if (folder === null || found === null) return null;
  const standing = leftToTake(folder, parseStanding(found.body));
  const { pid } = found;
  const text = renderStatus({
    standing,
    pid,
    answered: new Map(),
    now: now(),
    ...stdoutLook(terminal),
  });
  // What looks like anybody's secret was taken out when it was kept; that of this process may be another than the dispatcher's.
  return shownOn(stdout, { text: `${text}\n`, findSecrets: secretsOf(env).findOwn });
}

function readQuietly(folder: string | null): ReturnType<typeof readStanding> {
  try {
    return folder === null ? null : readStanding(folder);
  } catch {
    // Whatever it is, the whole program meets it again and says it.
    return null;
  }
}
