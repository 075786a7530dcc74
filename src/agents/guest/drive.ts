import { asksGateway } from "../../core/agent-spec.ts";
import { noModelOf, unknownModelOf } from "../../core/unknown-model.ts";
import type { WorkerResult } from "../agent.ts";
import { judgeEnd, noteOf, type Judged } from "./judge-end.ts";
import { lastJson } from "./last-json.ts";
import { renderSubmitPrompt } from "./guest-skill.ts";
import { goOn, goOnInterrupted, openWork, type StartPrompt } from "./opening.ts";
import { takeNotes, tellSession, type Scene } from "./scene.ts";
import { startGuest, type Start } from "./start-guest.ts";

const maxComplaints = 2;
/** Starts after a stream that broke off and that the program gave up on; the gateway has its own retries before. */
const maxRestarts = 2;

/** What a look at an ended start comes to: the result, or the next start. */
type Next = { type: "end"; result: WorkerResult } | ({ type: "start" } & StartPrompt);

/**
 * Starts the guest until its work is done or cannot go on: again with what is new, with the next model where one is out
 * of reach, afresh where its session is lost. @throws AgentxError of the sandbox, or the stop's reason
 */
export async function drive(scene: Scene): Promise<WorkerResult> {
  const { seat, models, options, door } = scene;
  const messages = (): ReturnType<typeof seat.job.conversation.messages> => seat.job.conversation.messages();
  if (!options.guest.resumes) tellSession(scene, null);
  let next = openWork(seat.job, options.guest.resumes ? seat.job.session : null);
  let at = 0;
  let complaints = 0;
  let restarts = 0;
  let note = "";
  for (;;) {
    const model = models[at] ?? null;
    const callsBefore = door.calls();
    const start = await startGuest(scene, { ...(await dress(scene, next)), model });
    const { session } = start;
    if (start.words !== "") note = start.words;
    const judged = judge(scene, { start, model: model?.id ?? null, hasCalled: door.calls() > callsBefore });
    if (next.session !== null && isLost(start, judged)) {
      next = goOn(messages(), { session: null, news: "" });
      continue;
    }
    if (judged.type === "failed" && judged.isPassing && restarts < maxRestarts) {
      restarts += 1;
      if (start.hasActed || start.session !== null) next = goOnInterrupted(messages(), session);
      continue;
    }
    if (judged.type === "failed") {
      const other = models[at + 1];
      const asked = judged.waitMs === null ? null : (door.lastFailure()?.model ?? model?.id ?? null);
      if (judged.waitMs !== null && asked !== null)
        seat.job.onModelPaused({ model: asked, reason: judged.failure.reason, waitMs: judged.waitMs });
      if (!judged.isModels || !other) return { type: "failed", failure: judged.failure };
      seat.job.onModelLeft({ model: model?.id ?? "", reason: judged.failure.reason, next: other.id });
      at += 1;
      if (start.hasActed) next = goOnInterrupted(messages(), session);
      continue;
    }
    const reached = afterDone(scene, { start, note, complaints });
    if (reached.type === "end") return reached.result;
    if (seat.job.submit !== null) complaints += 1;
    next = reached;
  }
}

/** The prompt as the guest gets it: a new session has to be told the form of the result, and gets the notes that wait. */
async function dress(scene: Scene, { prompt, session }: StartPrompt): Promise<StartPrompt> {
  const { submit } = scene.seat.job;
  const notes = scene.options.guest.notes === "next-start" ? takeNotes(scene) : [];
  const whole = [prompt, ...notes].join("\n\n");
  if (submit === null || session !== null) return { prompt: whole, session };
  return { prompt: await renderSubmitPrompt(whole, submit), session };
}

/**
 * There is no such session, or one that the vendor does not take any more: a call in it was broken off unanswered. A limit,
 * and a vendor that is out of reach, say nothing of the session.
 */
function isLost({ end, hasActed }: Start, judged: Judged): boolean {
  if (end.type !== "failed" || judged.type !== "failed" || judged.failure.kind !== "agent") return false;
  return end.why === "no-session" || (end.why === "error" && !hasActed);
}

type Look = { start: Start; model: string | null; hasCalled: boolean };

function judge({ options, door }: Scene, { start, model, hasCalled }: Look): Judged {
  const { name, spec, keyEnvOf } = options;
  // What a vendor said in an earlier start says nothing about this one.
  const lastFailure = hasCalled ? door.lastFailure() : null;
  const asked = lastFailure?.model ?? model;
  return judgeEnd({
    ...start,
    refusal: door.refusal(),
    lastFailure,
    agent: name,
    credentials: spec.credentials,
    model: asked,
    keyEnv: asked === null ? null : (keyEnvOf?.(asked) ?? null),
  });
}

type Done = { start: Start; note: string; complaints: number };

function afterDone(scene: Scene, { start, note, complaints }: Done): Next {
  const { seat, options } = scene;
  const { job } = seat;
  if (job.submit !== null) {
    const value = lastJson(start.words);
    const complaint = value === null ? "it holds no JSON object" : job.submit.check(value);
    if (complaint === null)
      return { type: "end", result: { type: "submitted", value, model: modelOf(scene, start) } };
    if (complaints >= maxComplaints)
      return failed(`${options.name} gave no result that can be taken: ${complaint}`);
    const news = `Your final message cannot be taken: ${complaint}\nGive the whole JSON object again, mended, in a \`\`\`json fence as your final message.`;
    job.conversation.append({ role: "user", text: news });
    return { type: "start", ...goOn(job.conversation.messages(), { session: start.session, news }) };
  }
  const notes = takeNotes(scene);
  if (notes.length === 0)
    return { type: "end", result: { type: "finished", note: noteOf(note, start.denied) } };
  const news = notes.join("\n\n");
  return { type: "start", ...goOn(job.conversation.messages(), { session: start.session, news }) };
}

/** With the gateway's credentials a program that has not called the model it was given thought with none that is known. */
function modelOf({ models, options, door }: Scene, start: Start): string {
  if (options.spec.credentials === "none") return noModelOf(options.name);
  const hasCalled = !asksGateway(options.spec) || door.calls() > 0;
  const asked = hasCalled ? models.find((model) => model !== null)?.id : undefined;
  return start.model ?? asked ?? unknownModelOf(options.name);
}

function failed(reason: string): Next {
  return { type: "end", result: { type: "failed", failure: { kind: "agent", reason, hint: "" } } };
}
