import type { Action } from "../action.ts";
import type { RunState } from "../run-state.ts";
import { type LineEntry, lineOf } from "./line.ts";
import { nextPrefixes } from "./next-prefixes.ts";

/** What the merge queue wants: land what is green; else stack what is not stacked; else ask the gates what tells most. */
export function nextMergeActions(run: RunState): Action[] {
  const line = lineOf(run);
  const landing = land(line);
  if (landing !== null) return [landing];
  const preparing = line.findIndex(({ state }) => state.step === "preparing");
  if (preparing !== -1) return [prepare(line, preparing)];
  return line.length === 0 ? [] : ask(run, line);
}

function land(line: readonly LineEntry[]): Action | null {
  const steps = line.flatMap(({ record, state }) =>
    state.step === "landing" ? [{ task: record.task.id, candidate: state.candidate, onto: state.onto }] : [],
  );
  const [first] = steps;
  if (first === undefined) return null;
  const merges = steps.map(({ task, candidate }) => ({ task, candidate }));
  return { type: "landMerge", merges, onto: first.onto };
}

function prepare(line: readonly LineEntry[], at: number): Action {
  const before = line[at - 1]?.state;
  const onto = before === undefined || before.step === "preparing" ? null : before.candidate;
  const { record, state } = line[at] ?? missing();
  return { type: "prepareMerge", task: record.task.id, commit: state.commit, onto };
}

function ask(run: RunState, line: readonly LineEntry[]): Action[] {
  const firstRed = line.findIndex(({ state }) => state.step === "gating" && state.red !== null);
  // Nothing before it is in doubt, so all that is left to ask is whether the gate would say it again.
  if (firstRed === 0) return [gate(line[0] ?? missing(), true)];
  const history = { landed: run.landed.length, ejected: run.ejected };
  const red = firstRed === -1 ? null : firstRed + 1;
  const prefixes = nextPrefixes({ waiting: line.length, red, history }, run.settings.gateSlots);
  return prefixes.map((length) => gate(line[length - 1] ?? missing(), false));
}

function gate({ record, state }: LineEntry, again: boolean): Action {
  const candidate = state.step === "preparing" ? "" : state.candidate;
  return { type: "gateMerge", task: record.task.id, candidate, again };
}

function missing(): never {
  throw new Error("the merge queue asked for a place that its line does not have");
}
