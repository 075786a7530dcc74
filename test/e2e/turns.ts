import type { Finding } from "../../src/core/verdict.ts";
import type { ModelServer } from "../model-server/server.ts";
import type { NormalisedRequest } from "../model-server/types.ts";
import type { ScriptCall, ScriptTurn } from "../../src/models/script.ts";

/** One turn of a scripted model with these tool calls. */
export function calls(...all: ScriptCall[]): ScriptTurn {
  return { calls: all };
}

export function writes(files: Record<string, string>): ScriptTurn {
  return calls(...Object.entries(files).map(([path, content]) => ({ tool: "write", path, content })));
}

export function finishes(note = "It is done."): ScriptTurn {
  return calls({ tool: "finish", note });
}

export function asks(question: string, more: { options?: string[]; default?: string } = {}): ScriptTurn {
  return calls({ tool: "ask", question, ...more });
}

export const approval: ScriptTurn = calls({
  tool: "submit_verdict",
  verdict: "approve",
  summary: "does what the task asks",
  findings: [],
});

/** A rejection with one blocking finding. */
export function rejection(finding: Pick<Finding, "file" | "quote" | "title">): ScriptTurn {
  const whole: Finding = { severity: "blocking", confidence: 95, line: 0, why: "It is wrong.", ...finding };
  return calls({ tool: "submit_verdict", verdict: "reject", summary: finding.title, findings: [whole] });
}

/** A worker that writes these files and hands over, and a reviewer that likes it. */
export function wrote(files: Record<string, string>): Record<string, ScriptTurn[]> {
  return { implement: [writes(files), finishes()], review: [approval] };
}

/** Which task, role and attempt a request is about; the last tag of its first message says so. */
export function aboutOf({ messages }: NormalisedRequest): { task: string; role: string; attempt: number } {
  const text = messages.find(({ role }) => role === "user")?.text ?? "";
  const tag = [...text.matchAll(/<task id="([^"]*)" role="([^"]*)" attempt="(\d+)">/g)].at(-1);
  return { task: tag?.[1] ?? "", role: tag?.[2] ?? "", attempt: Number(tag?.[3] ?? 0) };
}

/** The requests that were made for a task's role, oldest first. */
export function requestsFor(server: ModelServer, task: string, role = "implement"): NormalisedRequest[] {
  return server.calls().filter((call) => aboutOf(call).task === task && aboutOf(call).role === role);
}

/** What the model was told last: the user's words or the tools' results. */
export function lastWords({ messages }: NormalisedRequest): string {
  const last = messages.at(-1);
  return [last?.text ?? "", ...(last?.toolResults ?? []).map(({ text }) => text)].join("\n");
}

/** A plan.md of these tasks: the title, and lines such as `needs: a`. */
export function planOf(tasks: Record<string, readonly string[]>): string {
  const items = Object.entries(tasks).map(([id, keys]) =>
    [`- [ ] Do ${id} \`#${id}\``, ...keys.map((key) => `  - ${key}`)].join("\n"),
  );
  return `# Sums\n\nThe library grows.\n\n## Tasks\n\n${items.join("\n\n")}\n`;
}
