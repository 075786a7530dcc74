import { expect } from "vitest";
import { stringify } from "yaml";
import type { RunEvent } from "../../src/core/event.ts";
import type { ServerTurn } from "../model-server/types.ts";
import { type FaultCase, turnLimit } from "./model-fault-cases.ts";
import { eventsOfType, git, serveModels } from "./project.ts";
import { smallProject } from "./small-run.ts";
import { aboutOf, approval, planOf, requestsFor } from "./turns.ts";

export const vendors: Record<string, string> = {
  anthropic: "anthropic/claude-opus-5-5",
  openai: "openai/gpt-5.5",
  google: "google/gemini-3.8-flash",
};

export type Outcome = Pick<FaultCase, "id" | "requests" | "attempts"> & { end: string };

/** Makes one call, or calls for ever, and writes its file once it has a whole answer. */
const guest = `import { readFileSync, writeFileSync } from "node:fs";
const prompt = readFileSync(process.argv[2], "utf8");
const [, id] = /<task id="([^"]*)"/.exec(prompt);
do {
  const body = JSON.stringify({ model: "claude-opus-5-5", max_tokens: 9, stream: true, messages: [{ role: "user", content: prompt }] });
  const response = await fetch(process.env.ANTHROPIC_BASE_URL + "/v1/messages", { method: "POST", body });
  const text = await response.text();
  if (!text.includes("message_stop")) {
    console.error("no whole answer: " + response.status + " " + text);
    process.exit(1);
  }
} while (id.endsWith("for-ever"));
writeFileSync(id + ".txt", "done");
`;

/** `closed`: nobody listens where the models should be. */
type Who = ({ model: string } | { guest: true }) & { settings?: object; closed?: boolean };

/** Dispatches one plan with a task for each case, and tells what became of each. */
export async function dispatchFaults(
  cases: readonly FaultCase[],
  { settings = {}, closed = false, ...who }: Who,
): Promise<{ outcomes: Outcome[]; events: RunEvent[] }> {
  const config = {
    gates: { check: "sh check.sh" },
    ...("guest" in who
      ? { agents: { implement: "mine" }, programs: { mine: { command: "node guest.mjs {prompt_file}" } } }
      : {}),
    models: {
      review: "anthropic/claude-sonnet-5",
      ...("model" in who ? { implement: who.model } : {}),
    },
    maxAttempts: 2,
    slots: 12,
    limits: { stall: "4s", turns: turnLimit },
  };
  const project = smallProject({
    "agentx.yaml": stringify({ ...config, ...settings }),
    "guest.mjs": guest,
    "plan.md": planOf(Object.fromEntries(cases.map(({ id }) => [id, []]))),
  });
  const heard = new Map<string, number>();
  const script = { tasks: Object.fromEntries(cases.map(({ id }) => [id, { review: [approval] }])) };
  const { server, env } = await serveModels(project, script, {
    instead: (request) => {
      const { task, role } = aboutOf(request);
      const turns = cases.find(({ id }) => id === task)?.turns;
      if (role !== "implement" || turns === undefined) return null;
      const nth = heard.get(task) ?? 0;
      heard.set(task, nth + 1);
      const turn = turns[Math.min(nth, turns.length - 1)] ?? {};
      return named(typeof turn === "function" ? turn(nth) : turn, task);
    },
  });
  if (closed) await server.close();
  const ran = await project.agentx(["dispatch", "plan.md", "--yes", "--json"], { env });
  const asked = eventsOfType(ran.events, "question.asked");
  const outcomes = cases.map(({ id }) => {
    const question = asked.find((event) => event.question.task === id)?.question.text;
    const isThere = git(project.root, "log", "--all", "--format=%H", "--", `${id}.txt`) !== "";
    const isMerged = eventsOfType(ran.events, "task.merged").some(({ task }) => task === id) && isThere;
    return {
      id,
      end: isMerged ? "merged" : (question ?? `no end: ${ran.stderr}`),
      requests: requestsFor(server, id).length,
      attempts: attemptsOf(ran.events, id),
    };
  });
  return { outcomes, events: ran.events };
}

/** What is to become of these. */
export function expectedOf(cases: readonly FaultCase[]): Outcome[] {
  return cases.map(({ id, ends, requests, attempts }) => ({
    id,
    requests,
    attempts,
    end: ends === "merged" ? ends : (expect.stringMatching(ends) as string),
  }));
}

/** A pause is no attempt. */
function attemptsOf(events: readonly RunEvent[], task: string): number {
  const paused = eventsOfType(events, "attempt.failed").filter(
    (event) => event.task === task && event.failure.kind === "paused",
  );
  return (
    eventsOfType(events, "attempt.started").filter((event) => event.task === task).length - paused.length
  );
}

/** Each task writes a file of its own. */
function named(turn: ServerTurn, task: string): ServerTurn {
  const calls = turn.calls?.map((call) =>
    call["path"] === "ID.txt" ? { ...call, path: `${task}.txt` } : call,
  );
  return calls === undefined ? turn : { ...turn, calls };
}
