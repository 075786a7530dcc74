import { join } from "node:path";
import { asksGateway } from "../../core/agent-spec.ts";
import type { WorkerJob, WorkerResult } from "../agent.ts";
import { knownPaths } from "../known-paths.ts";
import { createMeter } from "../limits.ts";
import type { Vigil } from "../vigil.ts";
import type { GuestModel } from "./choose-models.ts";
import { createDesk } from "./desk.ts";
import { doorUrls, type Door } from "./door.ts";
import { drive } from "./drive.ts";
import type { GuestAgentOptions } from "./guest-options.ts";
import { renderGuestSystem } from "./guest-skill.ts";
import { askedMark } from "./opening.ts";
import { watchQuestionFiles } from "./question-files.ts";
import { createQuestions, type Questions } from "./questions.ts";
import { showActivity, takeNotes, type Scene, type Seat } from "./scene.ts";
import { createTranscript } from "./transcript.ts";

/** A guest in its sandbox, from its first start until its work has ended; between them it may wait for answers. */
export type LiveWorker = {
  /** Goes on for this job until it asks or ends; where a question waits, the job brings the answer. @throws the vigil's reason, or AgentxError of the sandbox */
  next: (job: WorkerJob, vigil: Vigil) => Promise<WorkerResult>;
  isOver: () => boolean;
};

/** Programs' shell tools give a command two minutes; a worker that can go on in its session need not be held for longer. */
const waitsMs = 100_000;
/** A guest that does not stop when it is told to is left to the sandbox, which ends every process. */
const stopMs = 10_000;

type Opening = {
  options: GuestAgentOptions;
  job: WorkerJob;
  vigil: Vigil;
  models: readonly [GuestModel, ...GuestModel[]];
};

/** Opens the door and starts the guest. @throws AgentxError when there is no door to be had */
export async function openLiveWorker({ options, job, vigil, models }: Opening): Promise<LiveWorker> {
  const seat: Seat = { job, vigil };
  let isOver = false;
  const stop = new AbortController();
  const questions = createQuestions();
  const door = await openDoor({ options, seat, models, questions });
  const ipc = join(job.scratch, "ipc");
  const isAsking = job.tools.includes("ask");
  const live = async (): Promise<WorkerResult> => {
    using watched = new DisposableStack();
    try {
      const urls = doorUrls(await job.sandbox.openDoor());
      const { prompt, answer, sandbox } = job;
      const answered = answer === null ? null : { prompt, answer };
      const onLost = (error: unknown): void => stop.abort(error);
      if (isAsking)
        watched.use(await watchQuestionFiles({ sandbox, folder: ipc, questions, answered, onLost }));
      const scene: Scene = {
        options,
        seat,
        stop,
        models,
        system: await renderGuestSystem(job),
        env: {
          ...options.spec.env,
          AGENTX_DOOR: urls.base,
          ...(isAsking ? { AGENTX_IPC: ipc, DISPATCH_IPC: ipc } : {}),
        },
        door,
        urls,
        questions,
        transcript,
        meter: createMeter(),
        toldSessions: new Set(job.session === null ? [] : [job.session]),
      };
      stop.signal.throwIfAborted();
      return await drive(scene);
    } finally {
      isOver = true;
      await door.close();
    }
  };
  const transcript = createTranscript(() => seat.job.conversation);
  const outcome = live();
  // While a question waits nobody listens; the next `work` starts the guest anew.
  outcome.catch(() => {});
  const onLeft = (): void => stop.abort(seat.job.signal.reason);
  return {
    isOver: () => isOver,
    next: async (current, watching) => {
      const isAnswer = seat.vigil === null;
      seat.job.signal.removeEventListener("abort", onLeft);
      seat.job = current;
      seat.vigil = watching;
      using stopping = stopWith(watching.signal, stop);
      if (isAnswer) {
        current.conversation.append({ role: "user", text: current.prompt });
        questions.answer(current.answer ?? current.prompt);
      }
      const asked = questions.opened().then((question) => ({ type: "asked", ...question }) as const);
      const result = await Promise.race([outcome, asked, stopping.overdue]);
      if (result.type !== "asked") return result;
      seat.vigil = null;
      transcript.flush();
      const text = `${askedMark}${result.text}`;
      current.conversation.append({ role: "assistant", text, toolCalls: [], native: null });
      current.signal.addEventListener("abort", onLeft, { once: true });
      return { ...result, waitsMs: options.guest.resumes ? waitsMs : null };
    },
  };
}

type DoorParts = Pick<Opening, "options" | "models"> & { seat: Seat; questions: Questions };

async function openDoor({ options, seat, models, questions }: DoorParts): Promise<Door> {
  const { job } = seat;
  if (job.door === null) throw new Error("a guest's job has a door");
  return options.openDoor({
    socket: join(job.door, "s"),
    label: `${job.role} ${job.task}`,
    paths: () => knownPaths(job),
    models: asksGateway(options.spec) ? models.flatMap((model) => model?.id ?? []) : [],
    limits: job.limits,
    usdLeft: () => seat.job.usdLeft(),
    ready: questions.closed,
    onCall: (call) => seat.job.onModelCall(call),
    onProgress: (text) => {
      seat.vigil?.touch();
      if (text !== "") showActivity({ seat }, text);
    },
    web: options.spec.web,
    onWithheld: (names) => seat.job.onToolsWithheld({ agent: options.name, names }),
    handle: createDesk({
      mayAsk: job.tools.includes("ask"),
      questions,
      takeNotes: () => takeNotes({ seat, questions }),
      onRequest: () => seat.vigil?.touch(),
    }),
  });
}

/** `overdue` rejects with the reason when the guest has had its time to stop, whoever stopped it. */
function stopWith(signal: AbortSignal, stop: AbortController): { overdue: Promise<never> } & Disposable {
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = (): void => stop.abort(signal.reason);
  const onStop = (): void => {
    timer = setTimeout(() => reject(stop.signal.reason as Error), stopMs);
  };
  stop.signal.addEventListener("abort", onStop, { once: true });
  signal.addEventListener("abort", onAbort, { once: true });
  if (stop.signal.aborted) onStop();
  else if (signal.aborted) onAbort();
  return {
    overdue,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      stop.signal.removeEventListener("abort", onStop);
      signal.removeEventListener("abort", onAbort);
    },
  };
}
