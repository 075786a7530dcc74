import { AgentxError, exitCodes } from "../core/error.ts";
import { postRequest } from "../engine/post-request.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { tell, type Terminal } from "./terminal.ts";

/** Answers a question of a run, whether it is going on or waits. */
export async function answer(
  terminal: Terminal,
  { question, text }: { question: string; text: string },
  options: { run?: string },
): Promise<number> {
  const number = Number(question);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new AgentxError("UNKNOWN_QUESTION", {
      where: question,
      what: "a question is named by its number",
      hint: "agentx questions lists them",
    });
  }
  if (text.trim() === "") {
    throw new AgentxError("EMPTY_ANSWER", {
      where: `question ${number}`,
      what: "the answer is empty",
      hint: "",
    });
  }
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  const request = { type: "answer", question: number, text } as const;
  const { run, running } = postRequest(workspace, { run: options.run ?? null, request, now: terminal.now() });
  tell(
    terminal,
    running ? `Answered; the run ${run} goes on.` : `Answered. The run goes on with: agentx resume ${run}`,
  );
  return exitCodes.allMerged;
}
