import { stringify } from "yaml";
import { dispatchArgs, projectFor } from "./killed.ts";
import type { Project, Ran, Started } from "./project.ts";
import { type Served, serveTwisted, type Twist } from "./small-run.ts";
import { processesWith, until } from "../support/processes.ts";
import { approval, asks, calls, finishes, planOf, writes, wrote } from "./turns.ts";

/** A command that takes a second and can be found among all processes of this machine. */
const sleeps = { setup: 1, baseline: 2, gate: 3, command: 4, guest: 5, aside: 6, merged: 7 };
type Sleep = keyof typeof sleeps;
const sleepOf = (name: Sleep): string => `1.${sleeps[name]}${String(process.pid).padStart(7, "0")}`;
const sleep = (name: Sleep): string => `sleep ${sleepOf(name)}`;
const deaf = "trap '' TERM INT HUP";

const tasks = {
  first: wrote({ "first.txt": "1\n" }),
  second: {
    implement: [
      writes({ "second.txt": "2\n" }),
      calls({ tool: "shell", command: `${deaf}; ${sleep("command")}` }),
      finishes(),
    ],
    review: [approval],
  },
  third: { review: [approval] },
  left: { implement: [asks("Which side?"), writes({ "left.txt": "l\n" }), finishes()], review: [approval] },
  right: {
    implement: [
      writes({ "right.txt": "r\n" }),
      calls({ tool: "shell", command: sleep("aside") }),
      finishes(),
    ],
    review: [approval],
  },
};

const check = `if test -e left.txt -a -e right.txt; then ${sleep("merged")}
elif test ! -e first.txt; then ${sleep("baseline")}
elif test ! -e second.txt; then ${sleep("gate")}
fi
`;

/** One task for each step of which a single signal lets all the rest end. */
export function phasesProject(): Project {
  return projectFor({
    plan: planOf({
      first: [],
      second: ["needs: first"],
      third: ["needs: second", "agent: hand"],
      left: ["needs: third"],
      right: ["needs: third"],
    }),
    files: {
      "agentx.yaml": stringify({
        slots: 2,
        setup: sleep("setup"),
        gates: { check: "sh check.sh" },
        // Never called: a command has a door whether it uses it or not.
        programs: {
          hand: {
            command: `${deaf}; ${sleep("guest")}; echo 3 > third.txt`,
            model: "anthropic/claude-opus-5-5",
          },
        },
      }),
      "check.sh": check,
    },
  });
}

const slow = new Set(["first implement 1", "first review 1"]);
const twist: Twist = ({ name, before }, turn) => {
  if (before > 0) return turn;
  if (slow.has(name)) return { ...turn, pauseMs: 1_000 };
  if (name !== "third review 1") return turn;
  const limited = { code: "insufficient_quota", message: "the month is over", retryAfter: 3 };
  return { fault: { type: "status", status: 429, ...limited } };
};

export function servePhases(): Promise<Served> {
  return serveTwisted(JSON.stringify({ tasks }), twist);
}

type Going = { started: Started; served: Served };
/** `lastsOn`: one signal there may let the step of the next phase end too, or is in the step of the one before. */
export type Phase = { name: string; comes: (going: Going) => Promise<void>; lastsOn?: true };

const sleeping = (name: Sleep) => (): Promise<void> =>
  until(() => processesWith(`sleep\0${sleepOf(name)}`).length > 0);
const called =
  (name: string) =>
  ({ served }: Going): Promise<void> =>
    served.called(name);
/** A resumed run begins by telling the last event again: only one after its own beginning counts. */
const told =
  (type: Parameters<Started["event"]>[0], task?: string) =>
  ({ started }: Going): Promise<void> =>
    started.event(type, (event) => {
      const begins = started
        .said()
        .events.findLast((one) => one.type === "run.started" || one.type === "run.resumed");
      return (
        event.seq >= (begins?.seq ?? Infinity) &&
        (task === undefined || ("task" in event && event.task === task))
      );
    });

/** In the order of the run. */
export const phases: readonly Phase[] = [
  { name: "the beginning", comes: told("run.started"), lastsOn: true },
  { name: "the set-up", comes: sleeping("setup") },
  { name: "the baseline's gate", comes: sleeping("baseline"), lastsOn: true },
  { name: "a worker's wait for its model", comes: called("first implement 1") },
  { name: "a gate", comes: sleeping("gate") },
  { name: "a review", comes: called("first review 1") },
  { name: "a prepared merge", comes: told("merge.prepared", "first") },
  { name: "a landed merge", comes: told("task.merged", "first"), lastsOn: true },
  { name: "a worker's command that ignores signals", comes: sleeping("command") },
  { name: "the end of a task's gates", comes: told("gates.finished", "second"), lastsOn: true },
  { name: "the end of a task's review", comes: told("review.finished", "second") },
  { name: "a merge between two tasks", comes: told("task.merged", "second"), lastsOn: true },
  { name: "a guest that ignores signals", comes: sleeping("guest") },
  { name: "a provider's pause", comes: told("provider.paused") },
  { name: "an open question", comes: told("question.asked") },
  { name: "a gate on the merged tree", comes: sleeping("merged") },
  { name: "the delivery", comes: told("task.merged") },
];

/** Goes on until the run is finished, its question answered. */
export async function finish(project: Project, served: Served, args: string[] = dispatchArgs): Promise<Ran> {
  const ran = await project.agentx(args, served);
  if (ran.exitCode !== 3) return ran;
  await project.agentx(["answer", "1", "left"]);
  return finish(project, served, ["resume", "--json"]);
}
