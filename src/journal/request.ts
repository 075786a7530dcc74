/** What a person asks of a run from any terminal, also while no dispatcher runs. */
export type RequestBody =
  | { type: "answer"; question: number; text: string }
  | { type: "note"; task: string; text: string }
  | { type: "cancel"; task: string }
  | { type: "retry"; task: string; note: string };

/** A request with its place in the inbox: ids rise in the order of posting, over all runs. */
export type Request = { id: number; run: string; at: number } & RequestBody;
