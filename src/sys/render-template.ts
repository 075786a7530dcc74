import { AgentxError } from "../core/error.ts";
import type { Problem } from "../core/error.ts";

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;

/**
 * Fills `{{name}}` placeholders. The two lists of names must be the same: a value that is missing or left over
 * is a mistake in the template or its caller, and a prompt with a hole in it costs money.
 * Values are put in as they are and never rendered again.
 *
 * @throws AgentxError TEMPLATE_MISMATCH with every unknown and every unused name.
 */
export function renderTemplate(template: string, values: Readonly<Record<string, string>>): string {
  const wanted = new Set(Array.from(template.matchAll(placeholder), (match) => match[1] ?? ""));
  const unknown = [...wanted].filter((name) => !Object.hasOwn(values, name));
  const unused = Object.keys(values).filter((name) => !wanted.has(name));
  const problems: Problem[] = [
    ...unknown.map((name) => problem(`the placeholder {{${name}}} has no value`)),
    ...unused.map((name) => problem(`the value "${name}" has no placeholder`)),
  ];
  if (problems.length > 0) throw new AgentxError("TEMPLATE_MISMATCH", problems);
  return template.replace(placeholder, (_match, name: string) => values[name] ?? "");
}

function problem(what: string): Problem {
  return { where: "template", what, hint: "" };
}
