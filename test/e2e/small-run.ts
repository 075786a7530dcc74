import { onTestFinished } from "vitest";
import { parseScript } from "../../src/models/script.ts";
import { findTurn } from "../../src/models/script-turn.ts";
import type { ModelServerOptions, ModelServer } from "../model-server/server.ts";
import { startModelServer } from "../model-server/server.ts";
import type { NormalisedRequest, ServerTurn } from "../model-server/types.ts";
import { approves, makeProject, type Project } from "./project.ts";

/** A project whose one gate takes no time, so that a test is about something else. */
export function smallProject(files: Record<string, string> = {}): Project {
  return makeProject({
    "readme.md": "hello\n",
    "agentx.yaml": "gates:\n  check: sh check.sh\n",
    "check.sh": "test ! -e broken\n",
    ...files,
  });
}

/** One task that writes sub.txt. */
export const subPlan = `# Subtraction

## Tasks

- [ ] Add subtraction \`#sub\`
`;

/** A worker's part: writes a file named like the task, and finishes. */
export function writes(task: string, content: string = `${task}\\n`): string {
  return `
  ${task}:
    implement:
      - call: { tool: write, path: ${task}.txt, content: "${content}" }
      - call: { tool: finish, note: "${task}.txt" }
    review:${approves}
`;
}

export const subScript: string = `tasks:${writes("sub")}`;

/** A model call as `task role turn`, such as `sub implement 2`. */
export type CallName = string;

/** Changes what the server says; `before` counts earlier calls of the same name. */
export type Twist = (call: { name: CallName; before: number }, turn: ServerTurn) => ServerTurn;

export type Served = {
  server: ModelServer;
  env: Record<string, string>;
  /** Names of all calls so far, in the order of arrival. */
  names: () => CallName[];
  /** Resolves when a call of this name has come, the `nth` time. */
  called: (name: CallName, nth?: number) => Promise<void>;
};

/** A local server in Anthropic's place that plays `script` with a twist; every role is its. */
export async function serveTwisted(
  script: string,
  twist: Twist = (_, turn) => turn,
  options: Omit<ModelServerOptions, "reply"> = {},
): Promise<Served> {
  const parts = parseScript(script, "script");
  const heard: CallName[] = [];
  const listeners = new Set<() => void>();
  const reply = (request: NormalisedRequest): ServerTurn => {
    const userTexts = request.messages.filter(({ role }) => role === "user").map(({ text }) => text);
    const turn = request.messages.filter(({ role }) => role === "assistant").length;
    const found = findTurn(parts, { userTexts, turn });
    if (found.type === "missing") return { fail: { kind: "bad-request", message: found.reason } };
    const [, task, role] = /task "(.*?)", role (\w+)/.exec(found.at) ?? [];
    const name = `${task} ${role} ${turn + 1}`;
    const before = heard.filter((one) => one === name).length;
    heard.push(name);
    for (const listener of listeners) listener();
    return twist({ name, before }, found.turn);
  };
  const server = await startModelServer({ ...options, reply });
  onTestFinished(() => server.close());
  return {
    server,
    env: { ANTHROPIC_API_KEY: "test-key", ANTHROPIC_BASE_URL: server.url },
    names: () => [...heard],
    called: (name, nth = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (heard.filter((one) => one === name).length < nth) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
  };
}

/** A twist that never answers the first call of this name. */
export function neverAnswers(name: CallName): Twist {
  return (call, turn) =>
    call.name === name && call.before === 0 ? { ...turn, fault: { type: "hang", afterBytes: 0 } } : turn;
}
