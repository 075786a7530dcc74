import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openHost, root, type Host } from "./host.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
}, 300_000);
afterAll(async () => host.close());

function readJson(path: string): Record<string, unknown> {
  const value: unknown = JSON.parse(readFileSync(join(root, path), "utf8"));
  return value as Record<string, unknown>;
}

describe("the plugin", () => {
  test("has the version and the licence of the package", () => {
    const { version, license } = readJson("package.json");
    expect(readJson(".claude-plugin/plugin.json")).toMatchObject({ name: "agentx", version, license });
  });

  test("travels in the package", () => {
    expect(readJson("package.json")["files"]).toEqual(
      expect.arrayContaining(["dist", "skills", ".claude-plugin"]),
    );
  });

  test("is described by the marketplace as it describes itself", () => {
    const { name, description } = readJson(".claude-plugin/plugin.json");
    expect(readJson(".claude-plugin/marketplace.json")["plugins"]).toEqual([
      { name, source: "./", description },
    ]);
  });
});

describe("claude plugin validate --strict", () => {
  let copy: string;
  beforeEach(() => {
    copy = join(host.folder, "copy");
    rmSync(copy, { recursive: true, force: true });
    for (const name of [".claude-plugin", "skills"])
      cpSync(join(root, name), join(copy, name), { recursive: true });
  });

  const validate = async (path: string): Promise<{ exitCode: number | undefined; text: string }> =>
    host.claude(["plugin", "validate", path, "--strict"]);

  test("passes the marketplace and the plugin, and finds one skill: the folders of prompts are none", async () => {
    for (const path of [root, join(root, ".claude-plugin/plugin.json")]) {
      const { exitCode, text } = await validate(path);
      expect(text).toMatch(/skills: agentx:agentx$/m);
      expect(exitCode, text).toBe(0);
    }
  });

  test("would say so if a manifest were broken", async () => {
    const manifest = join(copy, ".claude-plugin/plugin.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"version": "', '"version": 1, "was": "'));
    const { exitCode, text } = await validate(manifest);
    expect(text).toContain("version");
    expect(exitCode).toBe(1);
  });

  test("would say so if the skill had no description", async () => {
    const skill = join(copy, "skills/agentx/SKILL.md");
    writeFileSync(skill, readFileSync(skill, "utf8").replace(/^description:.*\n/m, ""));
    const { exitCode, text } = await validate(copy);
    expect(text).toContain("description");
    expect(exitCode).toBe(1);
  });
});

test("claude installs the plugin from the marketplace that the package is, without a network", async () => {
  const copy = join(host.folder, "package");
  for (const name of [".claude-plugin", "skills"])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  const added = await host.claude(["plugin", "marketplace", "add", copy]);
  expect(added.exitCode, added.text).toBe(0);
  const installed = await host.claude(["plugin", "install", "agentx@agentx"]);
  expect(installed.exitCode, installed.text).toBe(0);
  const listed = await host.claude(["plugin", "list", "--json"]);
  expect(JSON.parse(listed.text)).toMatchObject([{ id: "agentx@agentx", enabled: true }]);
  expect(host.strayRequests).toEqual([]);
});
