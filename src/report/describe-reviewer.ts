import type { EventOf } from "../core/event.ts";
import { isNoModel, isUnknownModel } from "../core/unknown-model.ts";

export type Reviewer = Pick<EventOf<"review.finished">, "model" | "sameModel" | "agents">;

/** The model that reviewed, or the program where only that is known. */
export function reviewerName({ model, agents }: Reviewer): string {
  if (!isUnknownModel(model)) return model;
  return agents?.reviewer ?? (model.split("/")[0] || "an agent");
}

export type Independence = "no model" | "other model" | "same model" | "same program" | "not known";

/** What is known of reviewer and worker: whether a model has reviewed at all, whether they are two, where both are known, or at least two programs. */
export function independenceOf({ model, sameModel, agents }: Reviewer): Independence {
  if (isNoModel(model)) return "no model";
  if (sameModel !== null && !isUnknownModel(model)) return sameModel ? "same model" : "other model";
  return agents !== undefined && agents.worker === agents.reviewer ? "same program" : "not known";
}
