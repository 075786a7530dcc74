/** Why a question is asked: the worker wants to know, or agentx needs a decision. */
export type QuestionKind = "worker" | "attempts" | "protected" | "budget" | "baseline" | "provider";

export type Question = {
  /** 1, 2, 3 … in a run; what `agentx answer <n>` names. */
  id: number;
  kind: QuestionKind;
  /** Null for a question about the whole run. */
  task: string | null;
  text: string;
  /** Suggested answers; free text is always allowed. */
  options: string[];
  /** Used only where nobody can be asked and the person allowed it (`--defaults`, the demo). */
  default: string | null;
};

export type Answer = { question: number; text: string; by: "person" | "default" };
