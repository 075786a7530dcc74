import { exitCodes } from "../core/error.ts";
import { postRequest, type SteerRequest } from "../engine/post-request.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { tell, type Terminal } from "./terminal.ts";

const said: Record<SteerRequest["type"], string> = {
  note: "The note is left; the worker reads it at its next turn.",
  cancel: "Canceled.",
  retry: "It will be tried again.",
};

/** A note to a worker, or a task canceled or tried again. */
export async function steer(
  terminal: Terminal,
  request: SteerRequest,
  options: { run?: string },
): Promise<number> {
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  const { run, running } = postRequest(workspace, { run: options.run ?? null, request, now: terminal.now() });
  const later = running ? "" : ` It takes effect when the run goes on: agentx resume ${run}`;
  tell(terminal, `${said[request.type]}${later}`);
  return exitCodes.allMerged;
}
