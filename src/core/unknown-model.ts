const suffix = "/unknown";

/** Stands for a model that only the agent itself could have named: `<agent or vendor>/unknown`. */
export function unknownModelOf(owner: string): string {
  return `${owner}${suffix}`;
}

/** Whether this names no model: {@link unknownModelOf}, or nothing at all. */
export function isUnknownModel(model: string): boolean {
  return model === "" || model.endsWith(suffix);
}
