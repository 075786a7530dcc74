import { conversationInMemory, type WorkerJob } from "../../src/agents/agent.ts";

type Place = Pick<WorkerJob, "sandbox" | "scratch">;

/** A worker's job with all tools in this place, that nobody listens to. */
export function workerJob(place: Place, changes: Partial<WorkerJob> = {}): WorkerJob {
  const task = changes.task ?? "cart";
  return {
    task,
    role: "implement",
    system: "You are a worker.",
    prompt: `<task id="${task}" role="implement" attempt="1">\nDo it.\n</task>`,
    tools: ["read", "search", "list", "edit", "write", "shell", "ask", "finish"],
    submit: null,
    answer: null,
    session: null,
    ...place,
    door: null,
    home: null,
    conversation: conversationInMemory(),
    models: [],
    limits: { turns: 30, tokens: null, usd: null, ms: 60_000, stallMs: 20_000 },
    usdLeft: () => null,
    takeNotes: () => [],
    onActivity: () => {},
    onModelCall: () => {},
    onModelLeft: () => {},
    onModelPaused: () => {},
    onAgentStarted: () => {},
    onToolsWithheld: () => {},
    signal: new AbortController().signal,
    ...changes,
  };
}
