import { isReadOnly } from "../../core/plan.ts";
import { plainLine } from "../../core/plain-text.ts";
import { limitReached } from "../limits.ts";
import { Stopped } from "../stopped.ts";
import type { GuestModel } from "./choose-models.ts";
import type { GuestEnd, GuestEvent } from "./guest.ts";
import { renderGuestPrompt } from "./guest-skill.ts";
import { answersIn, type StartPrompt } from "./opening.ts";
import { showActivity, takeNotes, tellSession, type Scene } from "./scene.ts";
import { createUsageMeter, vendorOf } from "./told-usage.ts";

/** How one start went. */
export type Start = {
  end: GuestEnd;
  /** Its last words, empty where it said nothing. */
  words: string;
  denied: string[];
  /** It said or did something, so the work is no longer as it was. */
  hasActed: boolean;
  /** By which it can go on, or null. */
  session: string | null;
  /** The model by its own account, or null. */
  model: string | null;
};

const maxActivityLength = 120;

/** One start of the guest, with its events handed on. @throws AgentxError of the sandbox, or the stop's reason */
export async function startGuest(
  scene: Scene,
  { prompt, session, model }: StartPrompt & { model: GuestModel },
): Promise<Start> {
  const { options, seat, stop, system, env, urls } = scene;
  const { guest, spec } = options;
  const start: Omit<Start, "end"> = {
    words: "",
    denied: [],
    hasActed: false,
    session: guest.resumes ? session : null,
    model: null,
  };
  const onEvent = follow(scene, start, model);
  // What begins anew each time asks again what it was told: nobody is to answer the same twice.
  if (!guest.resumes) scene.questions.recall(answersIn(seat.job.conversation.messages()));
  seat.vigil?.waitsFor(options.name);
  const end = await guest.run({
    sandbox: seat.job.sandbox,
    role: seat.job.role,
    system,
    prompt: renderGuestPrompt(spec, prompt),
    session,
    newSession: options.newId(),
    model,
    credentials: spec.credentials,
    web: spec.web,
    urls,
    env,
    readOnly: isReadOnly(seat.job.role),
    takeNotes: () => takeNotes(scene),
    onEvent,
    signal: stop.signal,
  });
  scene.transcript.flush();
  stop.signal.throwIfAborted();
  return { ...start, end };
}

function follow(scene: Scene, start: Omit<Start, "end">, model: GuestModel): (event: GuestEvent) => void {
  const { options, transcript, seat } = scene;
  const { name, guest, spec, now } = options;
  const meter = createUsageMeter({ vendor: vendorOf(name, guest.apis), model: model?.id ?? null, now });
  return (event) => {
    seat.vigil?.touch();
    switch (event.type) {
      case "session":
        if (!guest.resumes) break;
        start.session = event.id;
        tellSession(scene, event.id);
        break;
      case "activity": {
        const line = plainLine(event.text).slice(0, maxActivityLength);
        start.hasActed = true;
        transcript.did(line);
        showActivity(scene, line);
        break;
      }
      case "said":
        if (event.text.trim() === "") break;
        start.hasActed = true;
        start.words = event.text;
        transcript.said(event.text);
        break;
      case "used": {
        // With the gateway's credentials the door is the meter.
        const call = spec.credentials === "own" ? meter(event) : null;
        if (call === null) break;
        start.model = call.model;
        scene.meter.add(call);
        seat.job.onModelCall(call);
        holdLimits(scene);
        break;
      }
      case "denied":
        start.denied.push(plainLine(event.tool));
        showActivity(scene, `was not allowed: ${plainLine(event.tool)}`);
        break;
      case "retrying":
        showActivity(scene, plainLine(event.text).slice(0, maxActivityLength));
        break;
      case "ended":
        break; // `run` puts it together with the exit code
    }
  };
}

/** No door stands between a program with its own login and its vendor, so it can only be stopped after the fact. */
function holdLimits({ seat: { job, vigil }, meter, stop }: Scene): void {
  const spend = meter.spend();
  const reached = limitReached(job.limits, { turns: spend.calls, spend, ms: vigil?.elapsedMs() ?? 0 });
  if (reached !== null) return stop.abort(new Stopped(reached));
  const left = job.usdLeft();
  if (left === null || left > 0) return;
  const reason = "the run's budget is used up";
  stop.abort(new Stopped({ kind: "limit", reason, hint: "raise the budget and resume" }));
}
