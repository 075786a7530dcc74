import { findAgentSpec } from "../core/agent-spec.ts";
import { plainLine } from "../core/plain-text.ts";
import type { RunSettings } from "../core/run-settings.ts";
import { type RunState, uncountedAgents } from "../core/run-state.ts";
import type { Spend, Usage } from "../core/usage.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const two = (count: number): string => String(Math.floor(count)).padStart(2, "0");

/** Whole seconds, for clocks that tick: `31s`, `2m 14s`, `1h 02m`, `3d 04h`. */
export function formatElapsed(ms: number): string {
  const past = Math.max(0, ms);
  if (past < minute) return `${Math.floor(past / second)}s`;
  if (past < hour) return `${Math.floor(past / minute)}m ${two((past % minute) / second)}s`;
  if (past < day) return `${Math.floor(past / hour)}h ${two((past % hour) / minute)}m`;
  return `${Math.floor(past / day)}d ${two((past % day) / hour)}h`;
}

/** How long a thing took that is over: `420ms`, `3.2s`, then as {@link formatElapsed}. */
export function formatTook(ms: number): string {
  if (ms < second) return `${Math.round(ms)}ms`;
  return ms < 10 * second ? `${(ms / second).toFixed(1)}s` : formatElapsed(ms);
}

/** Time of day where the person is: `12:03:04`. */
export function formatClock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
}

/** A moment where the person is, that may be on another day: `2026-03-04 14:30`. */
export function formatMoment(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function formatUsd(usd: number): string {
  return usd > 0 && usd < 0.005 ? "<$0.01" : `$${usd.toFixed(2)}`;
}

/** `940`, `12.3k`, `4.1M`. */
export function formatCount(count: number): string {
  if (count < 1000) return String(count);
  return count < 999_950 ? `${(count / 1000).toFixed(1)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

/** `12.3k in (10.1k cached, 1.0k to cache), 940 out`. Tokens in hold what was read from and written to a cache. */
export function formatUsage(usage: Usage): string {
  const input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
  const cached = usage.cacheReadTokens > 0 ? [`${formatCount(usage.cacheReadTokens)} cached`] : [];
  const written = usage.cacheWriteTokens > 0 ? [`${formatCount(usage.cacheWriteTokens)} to cache`] : [];
  const caches = [...cached, ...written].join(", ");
  return `${formatCount(input)} in${caches === "" ? "" : ` (${caches})`}, ${formatCount(usage.outputTokens)} out`;
}

/** Dollars, and the calls that they leave out: `$0.42 + 3 calls unpriced`, `3 calls unpriced`, `$4.12 of $20.00`. */
export function formatSpend(spend: Spend, budgetUsd: number | null = null): string {
  const known =
    budgetUsd === null ? formatUsd(spend.usd) : `${formatUsd(spend.usd)} of ${formatUsd(budgetUsd)}`;
  if (spend.unpricedCalls === 0) return known;
  const unpriced = `${counted(spend.unpricedCalls, "call")} unpriced`;
  return spend.unpricedCalls === spend.calls && budgetUsd === null ? unpriced : `${known} + ${unpriced}`;
}

/**
 * A run's spend for one line: as {@link formatSpend}, or `scripted model` when none was paid. Who pays by itself and tells
 * nothing of it is named: `$0.00 of $20.00, not counted: worker`.
 */
export function formatRunSpend(state: RunState): string {
  if (isScripted(state)) return "scripted model";
  const uncounted = uncountedAgents(state);
  const left = uncounted.length === 0 ? "" : `, not counted: ${listed(uncounted)}`;
  return formatSpend(state.spend, state.budgetUsd) + left;
}

/** Whether every model that the run may call is played from a script: nothing that it shows was thought by a model. */
export function isScripted({ settings, plan }: RunState): boolean {
  // Asked for every row of a view: the roles' few models nearly always settle it before the tasks are looked at.
  for (const models of Object.values(settings.models)) if (!models.every(isFromScript)) return false;
  const hasOwn = plan.tasks.some((task) => task.model !== undefined);
  return (
    (Object.values(settings.models).some((models) => models.length > 0) || hasOwn) &&
    plan.tasks.every(({ model }) => model === undefined || isFromScript(model)) &&
    [...Object.values(settings.agents), ...plan.tasks.flatMap(({ agent }) => agent ?? [])].every((agent) =>
      mayOnlyPlay(agent, settings),
    )
  );
}

/** A program that takes another model than its role's, or chooses one under its own login, is not held to a script; what asks none is. */
function mayOnlyPlay(agent: string, { programs }: RunSettings): boolean {
  const spec = findAgentSpec(agent, programs) ?? null;
  if (spec === null || spec.credentials === "none") return true;
  return spec.credentials === "gateway" && (spec.model === null || isFromScript(spec.model));
}

function isFromScript(model: string): boolean {
  return model.startsWith("scripted/");
}

/** `1 task`, `2 tasks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function shortCommit(commit: string): string {
  return plainLine(commit).slice(0, 8);
}

/** A model's own name without its provider: `gpt-5.5`. */
export function shortModel(model: string): string {
  return plainLine(model.slice(model.lastIndexOf("/") + 1));
}

/** `a, b, c and 4 more`. */
export function listed(items: readonly string[], most: number = 3): string {
  const shown = items.slice(0, most).map(plainLine).join(", ");
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}
