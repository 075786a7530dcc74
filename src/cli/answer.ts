import { AgentxError, exitCodes } from "../core/error.ts";
import { plainLine } from "../core/plain-text.ts";
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
      hint: `say it in words, or by the number of an option: agentx answer ${number} "…"`,
    });
  }
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  const request = { type: "answer", question: number, text } as const;
  const posted = postRequest(workspace, { run: options.run ?? null, request, now: terminal.now() });
  const { run, running, request: understood } = posted;
  const isPicked = understood.type === "answer" && understood.text !== text.trim();
  const said = isPicked ? `Answered: ${plainLine(understood.text)}` : "Answered";
  tell(
    terminal,
    running ? `${said}; the run ${run} goes on.` : `${said}. The run goes on with: agentx resume ${run}`,
  );
  return exitCodes.allMerged;
}
