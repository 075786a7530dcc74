import type { z } from "zod";

import { didYouMean } from "../core/closest.ts";
import type { Problem } from "../core/error.ts";
import { knownKeys } from "./known-keys.ts";
import type { Path, YamlSource } from "./yaml-source.ts";

type Issue = z.core.$ZodIssue;

/** Nobody reads more, and finding each one's line takes its time in a file with thousands. */
const mostUnknownKeys = 50;

/** What a person reads instead of the schema's own words, at the line where they have to change something. */
export function explainIssue(issue: Issue, source: YamlSource, parent: Path = []): Problem[] {
  const path = [...parent, ...issue.path];
  if (issue.code === "unrecognized_keys") {
    const named = issue.keys.slice(0, mostUnknownKeys).map((key) => ({
      where: source.placeOf(path, key),
      what: path.length === 0 ? `unknown key "${key}"` : `unknown key "${key}" in "${nameOf(path)}"`,
      hint: didYouMean(key, knownKeys(path), `It may be: ${knownKeys(path).join(", ")}`),
    }));
    const more = issue.keys.length - named.length;
    return more === 0
      ? named
      : [...named, { where: source.placeOf(path), what: `${more} more unknown keys`, hint: "" }];
  }
  if (issue.code === "invalid_union") {
    const meant = meantBranch(issue.errors);
    if (meant !== null) return meant.flatMap((inner) => explainIssue(inner, source, path));
  }
  if (issue.code === "invalid_key") {
    const what = `"${nameOf(path)}" is not a name: ${issue.issues[0]?.message ?? "write another"}`;
    return [{ where: source.placeOf(path), what, hint: "" }];
  }
  const value = valueAt(source.value, path);
  const what = value === undefined ? `"${nameOf(path)}" is missing` : `${subject(path)} ${issue.message}`;
  const hint = value === undefined ? `It ${issue.message}` : valueHint(value, path);
  return [{ where: source.placeOf(path), what, hint }];
}

/** The alternative that has the right kind of value and something wrong inside; null when none has. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const meant = branches.filter((issues) => !issues.some(isWrongKind));
  return meant.length === 1 ? (meant[0] ?? null) : null;
}

function isWrongKind({ code, path }: Issue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}

function subject(path: Path): string {
  return path.length === 0 ? "the file" : `"${nameOf(path)}"`;
}

/** `models.plan[0]`, counted from 0 as in every path notation. */
function nameOf(path: Path): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .slice(1);
}

function valueHint(value: unknown, path: Path): string {
  // Whoever pastes the key itself must not read it again in a log.
  if (path.at(-1) === "keyEnv" || path.includes("env")) return "";
  if (value === null) return "It is empty: fill it, or remove the key.";
  return typeof value === "object" ? "" : `It is ${JSON.stringify(value)}.`;
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined;
  }
  return value;
}
