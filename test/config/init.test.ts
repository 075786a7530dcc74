import { expect, test } from "vitest";

import type { Detected } from "../../src/config/detect.ts";
import { renderConfig } from "../../src/config/init.ts";
import { loadConfig } from "../../src/config/load.ts";
import { everyRole } from "./support.ts";

const schema = "./schema/agentx.schema.json";
const load = (text: string) => loadConfig({ text, file: "agentx.yaml" });

const awkward = [
  "npm test",
  "a: b # c",
  "'quoted' \"twice\"",
  "- x",
  "make 'a b' && echo \\n",
  "true",
  "x".repeat(200),
  "@a",
];

const detected: Detected = {
  setup: { command: "npm ci # all", timeoutMs: 600_000, network: null },
  gates: awkward.map((command, i) => ({
    name: `g${i}`,
    command,
    timeoutMs: i === 0 ? 90_000 : 600_000,
    network: false,
  })),
  notes: ["The gate test runs `npm test`.", "a file\nslots: 99"],
};

test("the first agentx.yaml loads back to exactly what was detected", () => {
  const config = load(renderConfig({ detected, models: null, found: [], imported: null, schema }));
  expect(config).toEqual({
    ...load(""),
    gates: detected.gates,
    setup: { type: "command", ...detected.setup },
  });
});

test("a project where nothing was found gets a file that loads too, and still asks for gates", () => {
  const text = renderConfig({
    detected: { setup: null, gates: [], notes: [] },
    models: null,
    found: [],
    imported: null,
    schema,
  });
  expect(load(text)).toEqual({ ...load(""), setup: { type: "none" } });
});

test("every suggestion in a comment is valid once its mark is taken away", () => {
  const text = renderConfig({
    detected: { setup: null, gates: [], notes: [] },
    models: everyRole("a/b:c"),
    found: [{ name: "codex", version: "0.169.0" }],
    imported: null,
    schema,
  });
  const [, , ...lines] = text.split("\n");
  const uncommented = lines.map((line) => (/^# +[a-z]+:/i.test(line) ? line.slice(2) : line)).join("\n");
  expect(load(uncommented)).toMatchObject({
    models: everyRole("a/b:c"),
    agents: { plan: "codex", research: "codex", implement: "codex", review: "codex", resolve: "codex" },
    slots: 4,
    maxAttempts: 3,
    budget: { limit: 20 },
    limits: { turns: 60, ms: 2_700_000, stallMs: 300_000, usd: null },
    fastForward: true,
    pullRequest: false,
  });
});

test("editors find the schema in the first line", () => {
  const text = renderConfig({ detected, models: null, found: [], imported: null, schema });
  expect(text.split("\n")[0]).toBe(`# yaml-language-server: $schema=${schema}`);
});
