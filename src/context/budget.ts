/** Estimated tokens for each part of a first prompt: about 1,500 words each for the PRD and the project's own rules. */
export type ContextBudget = {
  prd: number;
  agents: number;
  gates: number;
  layout: number;
  notes: number;
  task: number;
};

export const defaultBudget: ContextBudget = {
  prd: 2000,
  agents: 2000,
  gates: 200,
  layout: 500,
  notes: 800,
  task: 2000,
};
