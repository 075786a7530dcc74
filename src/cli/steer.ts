import { AgentxError, exitCodes } from "../core/error.ts";
import { noteArrival, type NoteArrival } from "../engine/note-arrival.ts";
import { postRequest, type SteerRequest } from "../engine/post-request.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { tell, type Terminal } from "./terminal.ts";

const said: Record<Exclude<SteerRequest["type"], "note">, string> = {
  cancel: "Canceled.",
  retry: "It will be tried again.",
};

/** A note to a worker, or a task canceled or tried again. */
export async function steer(
  terminal: Terminal,
  request: SteerRequest,
  options: { run?: string },
): Promise<number> {
  if (request.type === "note" && request.text.trim() === "") {
    const hint = `say what its worker has to know: agentx note ${request.task} "…"`;
    throw new AgentxError("EMPTY_NOTE", { where: request.task, what: "the note is empty", hint });
  }
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  const posted = postRequest(workspace, { run: options.run ?? null, request, now: terminal.now() });
  const { run, running, state } = posted;
  const later = running ? "" : ` It takes effect when the run goes on: agentx resume ${run}`;
  const words =
    request.type === "note" ? describeNote(await noteArrival(state, request.task)) : said[request.type];
  tell(terminal, `${words}${later}`);
  return exitCodes.allMerged;
}

function describeNote({ agent, when }: NoteArrival): string {
  if (when === "next-turn") return "The note is left; the worker reads it at its next turn.";
  return `The note is left; ${agent} takes none while it works, so it gets it at its next start, before its work is handed over.`;
}
