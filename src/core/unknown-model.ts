const suffix = "/unknown";
const noModel = "/no-model";

/** Stands for a model that only the agent itself could have named: `<agent or vendor>/unknown`. */
export function unknownModelOf(owner: string): string {
  return `${owner}${suffix}`;
}

/** Stands where a model would, for an agent that asks none: `<agent>/no-model`. */
export function noModelOf(agent: string): string {
  return `${agent}${noModel}`;
}

/** Whether this names no model: {@link unknownModelOf}, {@link noModelOf}, or nothing at all. */
export function isUnknownModel(model: string): boolean {
  return model === "" || model.endsWith(suffix) || isNoModel(model);
}

export function isNoModel(model: string): boolean {
  return model.endsWith(noModel);
}
