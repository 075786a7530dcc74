import { PlaceSet } from "./place-set.ts";
import type { Task } from "./plan.ts";
import { graphOf, type PlanGraph } from "./plan-graph.ts";
import { noEstimates, type Estimates } from "./timing/estimate.ts";
import { endedBadly, endedWell, hasEnded, type TaskRecord } from "./run-state.ts";

/**
 * The records of a run's tasks, in plan order. A table never changes: {@link TaskTable.with} gives another one, which shares
 * nearly all with the first. What the loop asks after every event, it asks of few tasks: those under way, and those that
 * could start. They are kept sorted out, so that an event costs the same in a run of ten tasks and of a thousand.
 */
export class TaskTable implements Iterable<[string, TaskRecord]> {
  readonly #graph: PlanGraph;
  readonly #chunks: Chunks;
  readonly #groups: Groups;
  #begun: readonly TaskRecord[] | null = null;

  private constructor(graph: PlanGraph, chunks: Chunks, groups: Groups) {
    this.#graph = graph;
    this.#chunks = chunks;
    this.#groups = groups;
  }

  static of(tasks: readonly Task[], newRecord: (task: Task) => TaskRecord): TaskTable {
    const graph = graphOf(tasks, noEstimates);
    const chunks: TaskRecord[][] = [];
    for (const task of tasks) {
      const last = chunks.at(-1);
      if (last === undefined || last.length === chunkLength) chunks.push([newRecord(task)]);
      else last.push(newRecord(task));
    }
    return TaskTable.#from(graph, chunks);
  }

  static #from(graph: PlanGraph, chunks: Chunks): TaskTable {
    const none = PlaceSet.upTo(graph.order.length);
    const table = new TaskTable(graph, chunks, { begun: none, ready: none, doomed: none, open: none });
    return new TaskTable(graph, chunks, table.#sorted([...graph.order.keys()]));
  }

  /** The same records in the order that these estimates give. A look at every task: for when they have materially changed. */
  estimated(estimates: Estimates): TaskTable {
    const tasks = [...this.values()].map(({ task }) => task);
    return TaskTable.#from(graphOf(tasks, estimates), this.#chunks);
  }

  get size(): number {
    return this.#graph.order.length;
  }

  get(id: string): TaskRecord | undefined {
    return this.#at(this.#graph.places.get(id) ?? -1);
  }

  /** The table with this record in the place of the one before it. */
  with(record: TaskRecord): TaskTable {
    const place = this.#graph.places.get(record.task.id);
    const before = this.#at(place ?? -1);
    if (place === undefined || before === undefined) throw new Error(`no task "${record.task.id}"`);
    const index = Math.floor(place / chunkLength);
    const chunk = (this.#chunks[index] ?? []).with(place % chunkLength, record);
    const changed = new TaskTable(this.#graph, this.#chunks.with(index, chunk), this.#groups);
    // How a task ends is all that others' places among the groups hang on.
    const isSame = endOf(before) === endOf(record);
    const others = isSame ? [] : (this.#graph.dependants[place] ?? []);
    return new TaskTable(this.#graph, changed.#chunks, changed.#sorted([place, ...others]));
  }

  *values(): Generator<TaskRecord> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  *keys(): Generator<string> {
    for (const { task } of this.values()) yield task.id;
  }

  *[Symbol.iterator](): Generator<[string, TaskRecord]> {
    for (const record of this.values()) yield [record.task.id, record];
  }

  /** All that have not ended and are not as the plan has them: they hold a worktree, or wait for somebody. In plan order. */
  begun(): readonly TaskRecord[] {
    return (this.#begun ??= [...this.#groups.begun].map((place) => this.#at(place) ?? missing(place)));
  }

  /** Untouched tasks whose needs have ended well, in the order in which they should start. */
  *fresh(): Generator<TaskRecord> {
    for (const rank of this.#groups.ready) {
      const place = this.#graph.order[rank] ?? -1;
      yield this.#at(place) ?? missing(place);
    }
  }

  /** Pending tasks with a need that ended badly, in plan order. */
  doomed(): TaskRecord[] {
    return [...this.#groups.doomed].map((place) => this.#at(place) ?? missing(place));
  }

  haveAllEnded(): boolean {
    return this.#groups.open.size === 0;
  }

  /** Whether any task is as the plan has it, its needs met or not. */
  hasUntouched(): boolean {
    return this.#groups.open.size > this.#groups.begun.size;
  }

  /** How long the longest chain takes that starts with it. */
  chainOf({ task }: TaskRecord): number {
    return this.#graph.chains[this.#graph.places.get(task.id) ?? -1] ?? 0;
  }

  /** Its place among all, the longest chain first. */
  rankOf({ task }: TaskRecord): number {
    return this.#graph.ranks[this.#graph.places.get(task.id) ?? -1] ?? 0;
  }

  needsAreMet({ task }: TaskRecord): boolean {
    return task.needs.every((need) => {
      const needed = this.get(need);
      return needed !== undefined && endedWell(needed.state);
    });
  }

  #at(place: number): TaskRecord | undefined {
    return this.#chunks[Math.floor(place / chunkLength)]?.[place % chunkLength];
  }

  /** The groups after the tasks at these places were looked at anew. */
  #sorted(places: readonly number[]): Groups {
    let { begun, ready, doomed, open } = this.#groups;
    for (const place of places) {
      const record = this.#at(place) ?? missing(place);
      const isOpen = !hasEnded(record.state);
      const isNew = isUntouched(record);
      const isPending = record.state.type === "pending";
      open = open.with(place, isOpen);
      begun = begun.with(place, isOpen && !isNew);
      ready = ready.with(this.#graph.ranks[place] ?? -1, isNew && this.needsAreMet(record));
      doomed = doomed.with(place, isPending && this.#hasLostNeed(record));
    }
    return { begun, ready, doomed, open };
  }

  #hasLostNeed({ task }: TaskRecord): boolean {
    return task.needs.some((need) => {
      const needed = this.get(need);
      return needed !== undefined && endedBadly(needed.state);
    });
  }
}

type Chunks = readonly (readonly TaskRecord[])[];

/** `ready` holds ranks, the others places. */
type Groups = { begun: PlaceSet; ready: PlaceSet; doomed: PlaceSet; open: PlaceSet };

/** What one more record copies is a chunk and the list of chunks: least near the root of the number of tasks. */
const chunkLength = 32;

/** Nothing has happened to it that a decision could hang on, and no question either. */
function isUntouched(record: TaskRecord): boolean {
  const { state, attempts, allowance, worktree, stuck } = record;
  return (
    state.type === "pending" &&
    state.next.type === "fresh" &&
    attempts === 0 &&
    attempts < allowance &&
    worktree === null &&
    stuck === ""
  );
}

function endOf({ state }: TaskRecord): "open" | "well" | "badly" {
  if (!hasEnded(state)) return "open";
  return endedWell(state) ? "well" : "badly";
}

function missing(place: number): never {
  throw new Error(`the plan has no task at place ${place}`);
}
