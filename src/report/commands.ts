import { plainLine } from "../core/plain-text.ts";

/** The commands that reports point to, in one place, so that they can only be wrong together. */
export const commands = {
  answer: (question: number | "<n>"): string => `agentx answer ${question} "…"`,
  questions: "agentx questions",
  status: "agentx status",
  resume: (run: string): string => `agentx resume ${plainLine(run)}`,
  retry: (task: string): string => `agentx retry ${plainLine(task)}`,
  clean: "agentx clean",
  log: (task: string): string => `agentx log ${plainLine(task)}`,
} as const;

/** An answer that waits for the run to go on. */
export function answeredWords(answer: string, run: string): string {
  return `answered: ${plainLine(answer)}; ${commands.resume(run)} goes on`;
}
