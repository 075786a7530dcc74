import type { StartedAgent, WorkerJob } from "../agent.ts";
import type { Meter } from "../limits.ts";
import type { Vigil } from "../vigil.ts";
import type { Door, DoorUrls } from "./door.ts";
import type { GuestAgentOptions } from "./guest-options.ts";
import type { GuestModel } from "./choose-models.ts";
import type { Questions } from "./questions.ts";
import type { Transcript } from "./transcript.ts";

/** Who is worked for right now: an answer to a question comes with a job of its own, for the same guest. */
export type Seat = {
  job: WorkerJob;
  /** Null while a question waits for the person: then no clock runs. */
  vigil: Vigil | null;
};

/** All that the starts of one guest in one sandbox share. */
export type Scene = {
  options: GuestAgentOptions;
  seat: Seat;
  /** The guest is stopped when it aborts. */
  stop: AbortController;
  models: readonly [GuestModel, ...GuestModel[]];
  system: string;
  env: Record<string, string>;
  door: Door;
  urls: DoorUrls;
  questions: Questions;
  transcript: Transcript;
  /** What was used by the guest's own account; the gateway has its own meter. */
  meter: Meter;
  /** Sessions that were told of already. */
  toldSessions: Set<string | null>;
};

/** For the person, on one line, and a sign of life. */
export function showActivity({ seat }: Pick<Scene, "seat">, line: string): void {
  if (seat.vigil === null) return; // whoever waits for the person does nothing
  seat.vigil.waitsFor(line);
  seat.job.onActivity(line);
}

export function tellSession(scene: Scene, session: string | null): void {
  const { toldSessions, seat, options } = scene;
  if (toldSessions.has(session)) return;
  toldSessions.add(session);
  const started: StartedAgent = { agent: options.name, credentials: options.spec.credentials, session };
  seat.job.onAgentStarted(started);
}

/** Notes of the person that the guest is about to be given: they are part of the conversation from now on. */
export function takeNotes({ seat, questions }: Pick<Scene, "seat" | "questions">): string[] {
  const notes = seat.job.takeNotes().map((note) => `Note from the person: ${note}`);
  const texts = [...questions.takeUnheard(), ...notes];
  for (const text of texts) seat.job.conversation.append({ role: "user", text });
  return texts;
}
