import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { parseScript } from "../../src/models/script.ts";

const root = join(import.meta.dirname, "../..");
const pages = ["*.md", "docs/**/*.md", "skills/**/*.md", "plugin/**/*.md"]
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .toSorted();

type Example = { at: string; text: string };

function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map(({ index, 1: example = "" }) => ({
    at: `${page}:${text.slice(0, index).split("\n").length}`,
    text: example,
  }));
}

const examples = pages.flatMap(examplesOf);
/** A scripted model's part; all others are agentx.yaml, whole or in pieces. */
const isScript = ({ text }: Example): boolean => /^(tasks|planner):/m.test(text);

test("every example in YAML is one that agentx takes", () => {
  const configs = examples.filter((example) => !isScript(example));
  expect(new Set(configs.map(({ at }) => at.split(":")[0])).size).toBeGreaterThan(3);
  for (const { at, text } of configs) expect(() => loadConfig({ text, file: at })).not.toThrow();
  const scripts = examples.filter(isScript);
  expect(scripts.length).toBeGreaterThan(0);
  for (const { at, text } of scripts) expect(() => parseScript(text, at)).not.toThrow();
});
