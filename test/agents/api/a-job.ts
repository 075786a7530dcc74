import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createApiAgent } from "../../../src/agents/api/api-agent.ts";
import type { ModelCall, WorkerJob, WorkerResult } from "../../../src/agents/agent.ts";
import type { Message, Model } from "../../../src/models/model.ts";
import { noneProvider } from "../../../src/sandbox/none.ts";
import { workerJob } from "../../support/worker-job.ts";

/** A job over a real folder and a real (unconfined) sandbox, with everything that it tells. */
export type Bench = {
  root: string;
  scratch: string;
  messages: Message[];
  activities: string[];
  calls: ModelCall[];
  job: WorkerJob;
  /** Works on the job with these models, in this order. */
  work: (models: readonly Model[], changes?: Partial<WorkerJob>) => Promise<WorkerResult>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

export async function openBench(files: Record<string, string> = {}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "agentx-api-"));
  const [root, scratch] = [join(folder, "root"), join(folder, "scratch")];
  await mkdir(scratch);
  await mkdir(root);
  for (const [path, text] of Object.entries(files)) await writeInto(join(root, path), text);
  const { PATH = "" } = process.env;
  const sandbox = await noneProvider({ path: PATH, home: folder }).open({
    root,
    writable: true,
    scratch,
    readOnly: [],
    env: {},
    network: false,
  });
  const messages: Message[] = [];
  const activities: string[] = [];
  const calls: ModelCall[] = [];
  const job = workerJob(
    { sandbox, scratch },
    {
      conversation: { messages: () => messages, append: (message) => void messages.push(message) },
      onActivity: (text) => void activities.push(text),
      onModelCall: (call) => void calls.push(call),
      onModelPaused: ({ model, waitMs }) => void activities.push(`${model} wants ${waitMs} ms`),
      onModelLeft: ({ reason, next }) => void activities.push(`${reason}; goes on with ${next}`),
    },
  );
  return {
    root,
    scratch,
    messages,
    activities,
    calls,
    job,
    work: (models, changes = {}) => {
      const openModel = (id: string): Model => models.find((model) => model.id === id) ?? raise(id);
      const agent = createApiAgent({ openModel, now: () => performance.now() });
      return agent.work({ ...job, models: models.map(({ id }) => id), ...changes });
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function raise(id: string): never {
  throw new Error(`no model ${id}`);
}

async function writeInto(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** The results of the last tool message, by text. */
export function lastResults(messages: readonly Message[]): { text: string; isError: boolean }[] {
  const last = messages.findLast((message) => message.role === "tool");
  return last === undefined ? [] : last.results.map(({ text, isError }) => ({ text, isError }));
}
