import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { formatByteSize } from "../../src/core/byte-size.ts";
import { formatDuration } from "../../src/core/duration.ts";
import { renderJsonSchema } from "../../src/config/json-schema.ts";
import { defaults } from "../../src/config/settings.ts";
import { defaultTimeoutMs } from "../../src/config/config.ts";

const root = join(import.meta.dirname, "../..");
const doc = readFileSync(join(root, "docs/config.md"), "utf8");

/** Key → default, from the tables of the page. */
const documented = new Map(
  [...doc.matchAll(/^\| `([^`]+)` \| ([^|]*?) ?\|/gm)].map(([, key = "", value = ""]) => [key, value]),
);

test("the committed JSON Schema is the one that the code gives (`vitest run test/config -u` writes it)", async () => {
  await expect(renderJsonSchema()).toMatchFileSnapshot(join(root, "schema/agentx.schema.json"));
});

test("every key of the schema is on the page, and every key of the page is in the schema", () => {
  const keys = keysOf(JSON.parse(renderJsonSchema()), "");
  expect([...documented.keys()].toSorted()).toEqual([...new Set(keys)].toSorted());
});

test("the page states the defaults that the code has", () => {
  const { limits } = defaults;
  const stated: Record<string, string> = {
    slots: `${defaults.slots}`,
    maxAttempts: `${defaults.maxAttempts}`,
    "budget.run": `${defaults.budgetUsd}`,
    "budget.task": `${limits.usd}`,
    "limits.turns": `${limits.turns}`,
    "limits.tokens": `${limits.tokens}`,
    "limits.minutes": `${limits.ms / 60_000}`,
    "limits.stall": formatDuration(limits.stallMs),
    "sandbox.limits.memory": formatByteSize(defaults.sandboxLimits.memory ?? 0),
    "sandbox.limits.processes": `${defaults.sandboxLimits.processes}`,
    "sandbox.limits.file": formatByteSize(defaults.sandboxLimits.file ?? 0),
    "sandbox.limits.openFiles": `${defaults.sandboxLimits.openFiles}`,
    "sandbox.limits.disk": formatByteSize(defaults.sandboxLimits.disk ?? 0),
    "sandbox.limits.diskFree": formatByteSize(defaults.sandboxLimits.diskFree ?? 0),
    "ports.base": `${defaults.portBase}`,
    "ports.perWorktree": `${defaults.portsPerWorktree}`,
    "gates.<name>.timeout": formatDuration(defaultTimeoutMs),
    "setup.timeout": formatDuration(defaultTimeoutMs),
  };
  for (const [key, value] of Object.entries(stated)) expect(documented.get(key), key).toBe(`\`${value}\``);
});

/** `limits.turns`, `gates.<name>.timeout`: every key that the schema knows. */
function keysOf(node: unknown, path: string): string[] {
  const { anyOf, properties, additionalProperties } = asRecord(node);
  const inner = (key: string, child: unknown): string[] => {
    const own = path === "" ? key : `${path}.${key}`;
    return [own, ...keysOf(child, own)];
  };
  const options = Array.isArray(anyOf) ? anyOf.flatMap((option) => keysOf(option, path)) : [];
  const named = Object.entries(asRecord(properties)).flatMap(([key, child]) => inner(key, child));
  // A mapping of free names; where the value is always a mapping itself, only its keys are worth a line.
  if (typeof additionalProperties !== "object" || additionalProperties === null)
    return [...options, ...named];
  const free = inner("<name>", additionalProperties);
  return [...options, ...named, ...("anyOf" in additionalProperties ? free : free.slice(1))];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
