import { resolve } from "node:path";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { SettingsFlags } from "../config/settings.ts";

/** How a run is shown. */
export type ViewOptions = { json?: boolean; plain?: boolean; verbose?: boolean };

/** What the planner needs to know. */
export type PlannerOptions = {
  model?: string[];
  agent?: string;
  defaults?: boolean;
  unsafeNoSandbox?: boolean;
};

/** The rules of a new run; it keeps them to its end. */
export type SettingsOptions = PlannerOptions & {
  slots?: number;
  maxAttempts?: number;
  budget?: number | null;
  pr?: boolean;
  ff?: boolean;
  acceptRedBase?: boolean;
  gates?: boolean;
  record?: string;
  replay?: string;
};

export function addViewOptions(command: Command): Command {
  return command
    .option("--json", "events as JSON lines on stdout")
    .option("--plain", "plain lines instead of the live view")
    .option("--verbose", "show the run's log on stderr too");
}

export function addPlannerOptions(command: Command): Command {
  return command
    .option("--model <provider/id>", "for every role; give it again for the next in order", collect)
    .option("--agent <name>", "for every role: api, a known program, or a name of agentx.yaml")
    .option("--defaults", "answer questions by their stated default where there is one")
    .option("--unsafe-no-sandbox", "run agents and gates without any walls around them");
}

export function addSettingsOptions(command: Command): Command {
  return addPlannerOptions(command)
    .option("--slots <n>", "workers at a time", wholeNumber)
    .option("--max-attempts <n>", "attempts at a task before you are asked", wholeNumber)
    .option("--budget <usd>", 'US dollars for the run, or "none"', dollars)
    .option("--pr", "push the integration branch and open a pull request with gh")
    .option("--no-ff", "leave your branch alone at the end")
    .option("--accept-red-base", "gates that are red now hold nothing back until they turn green")
    .option("--no-gates", "run although there is nothing that checks the work")
    .option("--record <file>", "keep every answer of a model in a file", absolute)
    .option("--replay <file>", "take the models' answers from such a file: no key, no network", absolute);
}

export function flagsOf(options: SettingsOptions): SettingsFlags {
  return {
    slots: options.slots,
    maxAttempts: options.maxAttempts,
    budgetUsd: options.budget,
    models: options.model,
    agent: options.agent,
    pullRequest: options.pr,
    // commander gives true where --no-ff is not given: only false is said.
    fastForward: options.ff === false ? false : undefined,
    acceptRedBase: options.acceptRedBase,
    useDefaults: options.defaults,
    record: options.record,
    replay: options.replay,
    unsafeNoSandbox: options.unsafeNoSandbox,
  };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError("It has to be a whole number from 1 up.");
  return number;
}

function dollars(text: string): number | null {
  if (text === "none") return null;
  const usd = Number(text);
  if (!(usd > 0)) throw new InvalidArgumentError('It has to be an amount like 2.50, or "none".');
  return usd;
}

/** A run keeps it, and may be resumed from another folder. */
function absolute(text: string): string {
  if (text === "") throw new InvalidArgumentError("It has to be a file.");
  return resolve(text);
}

function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
