import { expect, test } from "vitest";

import { loadConfig } from "../../src/config/load.ts";
import { resolveSettings, type SettingsSources } from "../../src/config/settings.ts";
import { apiForEveryRole } from "../../src/core/agent-spec.ts";
import type { RunSettings } from "../../src/core/run-settings.ts";
import { everyRole } from "./support.ts";

const detectedGate = { name: "test", command: "npm test", timeoutMs: 1, network: false };

function resolve(yaml: string, sources: Partial<SettingsSources> = {}): RunSettings {
  return resolveSettings({
    config: loadConfig({ text: yaml, file: "agentx.yaml" }),
    detected: { gates: [detectedGate], setup: { command: "npm ci", timeoutMs: 1, network: null } },
    registriesOf: (command) => [`registry-of-${command.replace(" ", "-")}.example private`],
    flags: {},
    defaultModels: everyRole("key/model"),
    machine: { cores: 8, home: "/home/$&" },
    ...sources,
  });
}

test("an empty file gives the defaults and what was detected", () => {
  expect(resolve("")).toEqual({
    slots: 4,
    gateSlots: 2,
    maxAttempts: 3,
    budgetUsd: 20,
    limits: { turns: 60, tokens: null, usd: null, ms: 2_700_000, stallMs: 300_000 },
    models: everyRole("key/model"),
    providers: {},
    gates: [detectedGate],
    setup: { command: "npm ci", timeoutMs: 1, network: ["registry-of-npm-ci.example private"] },
    portBase: 20_000,
    portsPerWorktree: 20,
    sandboxReadOnly: [],
    sandboxLimits: {
      memory: 8_589_934_592,
      processes: 512,
      file: 10_737_418_240,
      openFiles: 4096,
    },
    protect: "ask",
    secretsAllow: [],
    unsafeNoSandbox: false,
    acceptRedBase: false,
    useDefaults: false,
    fastForward: true,
    pullRequest: false,
    agents: apiForEveryRole,
    programs: {},
    cassette: null,
  });
});

test("a small machine runs one gate checkout at a time", () => {
  const gateSlots = [1, 2, 3, 4, 64].map((cores) => resolve("", { machine: { cores, home: "/" } }).gateSlots);
  expect(gateSlots).toEqual([1, 1, 2, 2, 2]);
});

test("the file wins over what was detected, and a flag wins over the file", () => {
  const yaml = "slots: 2\nbudget: {run: 7}\ngates: {}\nsetup: false\nsandbox: {readOnly: [~/.cargo, /opt]}";
  expect(resolve(yaml)).toMatchObject({
    slots: 2,
    budgetUsd: 7,
    gates: [],
    setup: null,
    sandboxReadOnly: ["/home/$&/.cargo", "/opt"],
  });
  const flags = { slots: 9, budgetUsd: null, fastForward: false, acceptRedBase: true };
  expect(resolve(yaml, { flags })).toMatchObject(flags);
  expect(resolve("budget: {run: null}").budgetUsd).toBeNull();
});

test("one limit of the sandbox leaves the others as they are", () => {
  const yaml = "sandbox: {limits: {memory: 2g, processes: null}}";
  expect(resolve(yaml).sandboxLimits).toEqual({
    memory: 2_147_483_648,
    processes: null,
    file: 10_737_418_240,
    openFiles: 4096,
  });
});

test("a role's models come from the flag, the file, the keys, or from who implements, in this order", () => {
  const yaml = "models: {review: file/review, implement: [file/one, file/two]}";
  expect(resolve(yaml).models).toEqual({
    ...everyRole("key/model"),
    review: ["file/review"],
    implement: ["file/one", "file/two"],
  });
  expect(resolve(yaml, { defaultModels: null }).models.plan).toEqual(["file/one", "file/two"]);
  expect(resolve("models: {review: file/review}", { defaultModels: null }).models.implement).toEqual([
    "file/review",
  ]);
  expect(resolve(yaml, { flags: { models: ["flag/model"] } }).models).toEqual(everyRole("flag/model"));
});

test("without any model the person learns which variables to set, and what works without", () => {
  expect(() => resolve("", { defaultModels: null })).toThrow(
    expect.objectContaining({
      code: "NO_MODEL",
      message: expect.stringMatching(/ANTHROPIC_API_KEY.+agentx demo/),
    }),
  );
});
