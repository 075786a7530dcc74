import { aboutOf, approval, asks, calls, finishes, rejection } from "../e2e/turns.ts";
import type { NormalisedRequest, Reply, ServerTurn } from "../model-server/types.ts";
import { chanceOf } from "./chance.ts";
import { randomFault } from "./model-faults.ts";

/** Whether a task's worker also writes into a file that others write into. */
export function sharedFileOf(seed: string, task: string): string | null {
  const chance = chanceOf(`${seed} shared ${task}`);
  return chance.hits(0.2) ? chance.pick(["a", "b"]) : null;
}

/**
 * Plays every model. What it says follows from the conversation and from how often that very call has come, so a seed
 * brings the same faults at the same calls, whatever the order in which they come.
 */
export function createActor(seed: string): Reply {
  const heard = new Map<string, number>();
  return (request) => {
    const { task, role } = aboutOf(request);
    const name = `${task} ${role} ${request.messages.length}`;
    const before = heard.get(name) ?? 0;
    heard.set(name, before + 1);
    const chance = chanceOf(`${seed} call ${name} ${before}`);
    // The second try of a call goes through more often than not, so that runs come to an end.
    const fault = chance.hits(before === 0 ? 0.12 : 0.05) ? randomFault(chance) : null;
    const turn = role === "review" ? reviewTurn(seed, request) : workerTurn(seed, request);
    return fault === null ? turn : fault(turn);
  };
}

function reviewTurn(seed: string, request: NormalisedRequest): ServerTurn {
  const { task, attempt } = aboutOf(request);
  const dislikes = attempt === 1 && chanceOf(`${seed} review ${task}`).hits(0.06);
  return dislikes ? rejection({ file: `done/${task}.txt`, quote: task, title: "say it louder" }) : approval;
}

function workerTurn(seed: string, request: NormalisedRequest): ServerTurn {
  const { task } = aboutOf(request);
  const last = request.messages.at(-1);
  const made = request.messages.flatMap(({ toolCalls }) => toolCalls);
  const wantsToAsk = chanceOf(`${seed} asks ${task}`).hits(0.06) && !made.some(({ name }) => name === "ask");
  if (wantsToAsk) return asks("Which one?", { options: ["left", "right"] });
  const hasJustWorked = last?.role === "tool" && made.at(-1)?.name === "shell";
  if (hasJustWorked) return finishes(`It is done: ${task}.`);
  return { say: `I write ${task}.`, ...calls({ tool: "shell", command: commandFor(seed, request) }) };
}

/** The second line differs from attempt to attempt: a tree that was out of luck is never handed over again. */
function commandFor(seed: string, request: NormalisedRequest): string {
  const { task } = aboutOf(request);
  const shared = sharedFileOf(seed, task);
  const own = `printf '%s\\n%s\\n' ${task} ${request.messages.length} > done/${task}.txt`;
  const settle = `sed -i '/^<<<<<<<\\|^=======$\\|^>>>>>>>\\|^|||||||/d' shared/*.txt`;
  if (shared === null) return `${own} && ${settle}`;
  const file = `shared/${shared}.txt`;
  return `${own} && ${settle} && { grep -qx ${task} ${file} || echo ${task} >> ${file}; }`;
}
