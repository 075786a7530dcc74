import { existsSync, readdirSync, readFileSync } from "node:fs";

/**
 * The processes of a sandbox, by the numbers that this process has for them: `all`, and without those that hold the sandbox
 * together the `ordinary` ones. Null where there is no /proc.
 */
export type ProcessesInside = () => { all: number[]; ordinary: number[] } | null;

/** For the helper, which shares its /proc with nobody else. Process 1 holds the sandbox. */
export function processesHere(): ReturnType<ProcessesInside> {
  const all = pids();
  return all && { all, ordinary: all.filter((pid) => pid !== 1 && pid !== process.pid) };
}

/**
 * From outside, for a sandbox whose program is `pid`: all that descends from it. Its one child is process 1 inside, to which
 * the kernel gives whatever has lost its parent, so nothing gets out of the count for longer than one look.
 */
export function processesBelow(pid: number): ReturnType<ProcessesInside> {
  const childrenOf = tellsChildren() ? namedChildren : searchedChildren();
  const all: number[] = [];
  for (let found = childrenOf(pid); found.length > 0;) {
    all.push(...found);
    found = found.flatMap(childrenOf);
  }
  return { all, ordinary: all.slice(1) };
}

type ChildrenOf = (pid: number) => number[];

/** Whether this kernel was built to; most are. */
function tellsChildren(): boolean {
  return existsSync(`/proc/self/task/${process.pid}/children`);
}

/** As many looks as there are threads, however many processes the machine has. */
function namedChildren(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  return orNone(() => readdirSync(tasks)).flatMap((thread) =>
    orNone(() => readFileSync(`${tasks}/${thread}/children`, "latin1").match(/\d+/g) ?? []).map(Number),
  );
}

/** Nothing of what is gone: whom it has left is process 1's by then, and seen there at the next look. */
function orNone(look: () => string[]): string[] {
  try {
    return look();
  } catch {
    return [];
  }
}

/** By everybody's parent. */
function searchedChildren(): ChildrenOf {
  const children = Map.groupBy(pids() ?? [], parentOf);
  return (pid) => children.get(pid) ?? [];
}

function pids(): number[] | null {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return null;
  }
}

function parentOf(pid: number): number {
  return statOf(pid)[1] ?? 0;
}

/** Its process group; 0 for a process that is gone. */
export function groupOf(pid: number): number {
  return statOf(pid)[2] ?? 0;
}

/** What /proc says after its name: its state, its parent, its group, …; nothing of a process that is gone. */
function statOf(pid: number): number[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name, in brackets, may hold anything.
    return stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
  } catch {
    return [];
  }
}
