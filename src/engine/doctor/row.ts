import { AgentxError } from "../../core/error.ts";
import type { HealthRow } from "../../core/health.ts";

export function ok(name: string, what: string): HealthRow {
  return { name, health: "ok", what, fix: "" };
}

export function warn(name: string, what: string, fix: string): HealthRow {
  return { name, health: "warn", what, fix };
}

export function fail(name: string, what: string, fix: string): HealthRow {
  return { name, health: "fail", what, fix };
}

/** An expected failure as a row for each of its problems. */
export function rowsOf(name: string, error: unknown): HealthRow[] {
  if (!(error instanceof AgentxError)) throw error;
  return error.problems.map(({ where, what, hint }) =>
    fail(name, where === "" ? what : `${where}: ${what}`, hint),
  );
}
