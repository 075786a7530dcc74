import { endsRun } from "../../core/disk-error.ts";
import { AgentxError, formatProblem } from "../../core/error.ts";
import { type Sandbox, SandboxFileError } from "../../sandbox/sandbox.ts";
import type { Agent, WorkerJob, WorkerResult } from "../agent.ts";
import { Stopped } from "../stopped.ts";
import { startVigil, type Vigil } from "../vigil.ts";
import { chooseModels } from "./choose-models.ts";
import type { GuestAgentOptions } from "./guest-options.ts";
import { openLiveWorker, type LiveWorker } from "./live-worker.ts";

/**
 * Workers that wait for an answer, by the sandbox that they live in. Not of one agent, so that an agent that is made
 * again for the same run finds them too, and never starts a second program beside the first.
 */
const liveWorkers = new WeakMap<Sandbox, LiveWorker>();

/** Any guest as a worker: a program of another vendor, an ACP agent, a command. It lives in the job's sandbox. */
export function createGuestAgent(options: GuestAgentOptions): Agent {
  const { name, guest, now } = options;
  return {
    name,
    needs: {
      readOnly: guest.readOnly,
      network: options.network ?? false,
      home: true,
      openSandbox: true,
      isProgram: options.spec.credentials === "none",
    },
    work: async (job) => {
      job.signal.throwIfAborted();
      using vigil = startVigil({ signal: job.signal, limits: job.limits, now });
      try {
        return await workUnder(vigil, { job, options });
      } catch (error) {
        job.signal.throwIfAborted();
        if (error instanceof Stopped) return { type: "failed", failure: error.failure };
        if (error instanceof SandboxFileError) return inTheWay(error);
        if (error instanceof AgentxError && !endsRun(error)) return brokenSandbox(error);
        throw error;
      }
    },
  };
}

type Work = { job: WorkerJob; options: GuestAgentOptions };

async function workUnder(vigil: Vigil, { job, options }: Work): Promise<WorkerResult> {
  const waiting = liveWorkers.get(job.sandbox);
  if (waiting && !waiting.isOver()) return waiting.next(job, vigil);
  const chosen = chooseModels(job.models, options);
  if (chosen.type === "none") return { type: "failed", failure: chosen.failure };
  const worker = await openLiveWorker({ options, job, vigil, models: chosen.models });
  liveWorkers.set(job.sandbox, worker);
  return worker.next(job, vigil);
}

/** An earlier attempt may leave anything in its HOME, which is no reason to end the run. */
function inTheWay({ message }: SandboxFileError): WorkerResult {
  const reason = `what it needs could not be written into its sandbox: ${message}`;
  const hint = "an earlier attempt may have left something in the way there; look, and retry the task";
  return { type: "failed", failure: { kind: "setup", reason, hint } };
}

function brokenSandbox(error: AgentxError): WorkerResult {
  const [problem] = error.problems;
  const reason = problem ? formatProblem({ ...problem, hint: "" }) : error.message;
  return { type: "failed", failure: { kind: "setup", reason, hint: problem?.hint ?? "" } };
}
