import { canRetry } from "../core/apply-retry.ts";
import { AgentxError } from "../core/error.ts";
import { optionWords, pickOption } from "../core/pick-option.ts";
import { hasEnded, openQuestions, type RunState } from "../core/run-state.ts";
import { openJournal } from "../journal/journal.ts";
import { dispatcherStatus } from "../journal/lock.ts";
import type { RequestBody } from "../journal/request.ts";
import { findTask, loadRun, readJournal } from "./load-run.ts";
import type { Workspace } from "./workspace.ts";

/** What is asked of a task, as opposed to an answer. */
export type SteerRequest = Exclude<RequestBody, { type: "answer" }>;

/** The request as it was understood, and whether somebody will act on it now, or only when the run is resumed. */
export type Posted = { run: string; running: boolean; request: RequestBody; state: RunState };

/**
 * Leaves a request for the run's dispatcher, whether one runs or not.
 * @throws AgentxError when the request names nothing that is there, or comes too late
 */
export function postRequest(
  workspace: Workspace,
  { run, request: asked, now }: { run: string | null; request: RequestBody; now: number },
): Posted {
  const { folder, secrets } = workspace;
  // Read first: where there is no run, nothing is made.
  let { state } = readJournal(workspace, (journal) => loadRun(journal, run));
  using journal = openJournal({ folder, secrets });
  refuseUseless(state, asked, journal.pendingRequests(state.run));
  const request = asked.type === "answer" ? understand(state, asked) : asked;
  const refuse = (): void => {
    // Another process may have been quicker.
    ({ state } = loadRun(journal, state.run));
    const pending = journal.pendingRequests(state.run);
    refuseUseless(state, request, pending);
    if (request.type === "answer") refuseSecondAnswer(request, pending);
  };
  journal.post({ run: state.run, at: now, request, refuse });
  return { run: state.run, running: dispatcherStatus(folder).running, request, state };
}

type AnswerRequest = Extract<RequestBody, { type: "answer" }>;

function understand(state: RunState, request: AnswerRequest): AnswerRequest {
  const question = state.questions.get(request.question)?.question;
  if (!question) return request;
  const picked = pickOption(question, request.text);
  if (picked.type === "answer") return { ...request, text: picked.text };
  throw new AgentxError("NO_SUCH_OPTION", {
    where: `question ${question.id}`,
    what: `there is no option ${request.text.trim()}`,
    hint: `answer with the number of one, or in words:\n${optionWords(question).join("\n")}`,
  });
}

function refuseUseless(state: RunState, request: RequestBody, pending: readonly RequestBody[]): void {
  if (request.type === "answer") return refuseAnswer(state, request.question);
  const record = findTask(state, request.task);
  const refuse = (what: string, hint: string): never => {
    throw new AgentxError("TOO_LATE", { where: request.task, what, hint });
  };
  if (request.type === "retry") {
    if (canRetry(record)) return;
    if (pending.some((one) => one.type === "cancel" && one.task === request.task)) {
      throw new AgentxError("CANCEL_WAITS", {
        where: request.task,
        what: `the task is ${record.state.type}; it was asked to be canceled, which happens when the run goes on`,
        hint: `agentx resume ${state.run} cancels it; retry it after that`,
      });
    }
    if (!hasEnded(record.state)) {
      throw new AgentxError("ALREADY_GOING", {
        where: request.task,
        what: `the task is ${record.state.type}: there is nothing to start again`,
        hint: "agentx status shows how it stands; agentx note tells its worker something",
      });
    }
    refuse(
      `the task is ${record.state.type}`,
      "only what failed, was canceled, skipped or is blocked can be retried",
    );
    return;
  }
  if (!hasEnded(record.state)) return;
  const hint = canRetry(record)
    ? `agentx retry ${request.task} starts it again`
    : "what else it needs is a task of a new plan: agentx dispatch";
  refuse(`the task has ended: ${record.state.type}`, hint);
}

function refuseSecondAnswer(request: AnswerRequest, pending: readonly RequestBody[]): void {
  const first = pending.find((one) => one.type === "answer" && one.question === request.question);
  if (first?.type !== "answer") return;
  throw new AgentxError("ANSWERED", {
    where: `question ${first.question}`,
    what: `it is answered already: ${first.text}`,
    hint: "the answer takes effect when the run goes on: agentx resume",
  });
}

function refuseAnswer(state: RunState, question: number): void {
  const entry = state.questions.get(question);
  const open = openQuestions(state).map((one) => one.id);
  if (!entry) {
    throw new AgentxError("UNKNOWN_QUESTION", {
      where: `question ${question}`,
      what: `the run ${state.run} has asked no such question`,
      hint: open.length === 0 ? "nothing waits for an answer" : `open: ${open.join(", ")}`,
    });
  }
  if (entry.answer === null) return;
  throw new AgentxError("ANSWERED", {
    where: `question ${question}`,
    what: entry.answer === "" ? "it needs no answer any more" : `it was answered: ${entry.answer}`,
    hint: open.length === 0 ? "nothing waits for an answer" : `open: ${open.join(", ")}`,
  });
}
