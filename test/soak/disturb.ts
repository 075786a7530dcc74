import { setTimeout as sleep } from "node:timers/promises";
import { processesWith, readProc } from "../support/processes.ts";
import type { Chance } from "./chance.ts";
import type { DispatcherProcess } from "./dispatcher-process.ts";
import type { Ledger } from "./ledger.ts";
import type { Tally } from "./tally.ts";
import type { World } from "./world.ts";

export type Disturbing = {
  world: World;
  ledger: Ledger;
  tally: Tally;
  chance: Chance;
  tasks: readonly string[];
  /** Also ends processes, the dispatcher's own among them. */
  isRough: boolean;
  /** Milliseconds between two disturbances, at the most. */
  everyMs: number;
};

/** Disturbs a dispatcher now and then, for as long as it lives. */
export async function disturb(process: DispatcherProcess, disturbing: Disturbing): Promise<void> {
  const { chance, isRough, everyMs, tally } = disturbing;
  const kinds = isRough
    ? ["kill", "kill", "interrupt", "stop", "walls", "note", "note", "cancel"]
    : ["note", "note", "cancel"];
  const over = new AbortController();
  void process.ended.then(() => over.abort());
  while (!over.signal.aborted) {
    await sleep(chance.between(everyMs / 5, everyMs), null, { signal: over.signal }).catch(() => null);
    if (over.signal.aborted) return;
    const kind = chance.pick(kinds);
    tally.count(`disturbed: ${kind}`);
    await act(kind, process, disturbing);
  }
}

async function act(kind: string, { child }: DispatcherProcess, disturbing: Disturbing): Promise<void> {
  const { chance, tasks } = disturbing;
  switch (kind) {
    case "kill":
      child.kill("SIGKILL");
      return;
    case "interrupt":
      child.kill("SIGINT");
      return;
    case "stop":
      child.kill("SIGINT");
      await sleep(chance.between(0, 300));
      child.kill("SIGINT");
      return;
    case "walls":
      return killSomeSandbox(disturbing);
    default:
      return request(
        kind === "note" ? ["note", chance.pick(tasks), "carefully"] : ["cancel", chance.pick(tasks)],
        disturbing,
      );
  }
}

/** Ends one sandbox with all that runs in it. */
function killSomeSandbox({ world, chance }: Disturbing): void {
  const walls = processesWith(world.project.folder).filter((pid) =>
    readProc(`/proc/${pid}/comm`).startsWith("bwrap"),
  );
  if (walls.length === 0) return;
  try {
    process.kill(chance.pick(walls), "SIGKILL");
  } catch {
    // It has just ended by itself.
  }
}

const traces: Record<string, string> = {
  answer: "question.answered",
  note: "note.added",
  cancel: "task.canceled",
  retry: "task.retried",
};

/** Asks agentx for something, from a process of its own; what it accepts is a promise. */
export async function request(
  args: [string, string, ...string[]],
  { world, ledger }: Pick<Disturbing, "world" | "ledger">,
): Promise<void> {
  if (ledger.run === null) return;
  const { exitCode } = await world.project.agentx([...args, "--run", ledger.run]);
  if (exitCode === 0) ledger.accepted.add(`${traces[args[0]]} ${args[1]}`);
}
