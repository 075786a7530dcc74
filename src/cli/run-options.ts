import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import type { SettingsFlags } from "../config/settings.ts";

/** What dispatch, resume and plan have in common. */
export type RunOptions = {
  yes?: boolean;
  json?: boolean;
  plain?: boolean;
  verbose?: boolean;
  slots?: number;
  maxAttempts?: number;
  budget?: number | null;
  model?: string[];
  pr?: boolean;
  ff?: boolean;
  acceptRedBase?: boolean;
  defaults?: boolean;
  gates?: boolean;
  unsafeNoSandbox?: boolean;
};

export function addRunOptions(command: Command): Command {
  return command
    .option("-y, --yes", "do not ask before starting")
    .option("--json", "events as JSON lines on stdout")
    .option("--plain", "plain lines instead of the live view")
    .option("--verbose", "show the run's log on stderr too")
    .option("--slots <n>", "workers at a time", wholeNumber)
    .option("--max-attempts <n>", "attempts at a task before you are asked", wholeNumber)
    .option("--budget <usd>", 'US dollars for the run, or "none"', dollars)
    .option("--model <provider/id>", "for every role; give it again for the next in order", collect)
    .option("--pr", "push the integration branch and open a pull request with gh")
    .option("--no-ff", "leave your branch alone at the end")
    .option("--accept-red-base", "gates that are red now hold nothing back until they turn green")
    .option("--defaults", "answer questions by their stated default where there is one")
    .option("--no-gates", "run although there is nothing that checks the work")
    .option("--unsafe-no-sandbox", "run agents and gates without any walls around them");
}

export function flagsOf(options: RunOptions): SettingsFlags {
  return {
    slots: options.slots,
    maxAttempts: options.maxAttempts,
    budgetUsd: options.budget,
    models: options.model,
    pullRequest: options.pr,
    // commander gives true where --no-ff is not given: only false is said.
    fastForward: options.ff === false ? false : undefined,
    acceptRedBase: options.acceptRedBase,
    useDefaults: options.defaults,
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

function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}
