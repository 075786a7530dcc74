import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeFileAtomic } from "../../src/sys/atomic-write.ts";
import { repositoryHome, stateHome } from "../../src/sys/paths.ts";
import { renderTemplate } from "../../src/sys/render-template.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "agentx-sys-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("an atomic write", () => {
  test("replaces the file and leaves nothing beside it", async () => {
    const path = join(folder, "state.json");
    writeFileSync(path, "old");
    await writeFileAtomic(path, "new", 0o600);
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  test("that fails keeps what was there and leaves no temporary file", async () => {
    const path = join(folder, "taken");
    mkdirSync(join(path, "full"), { recursive: true });
    await expect(writeFileAtomic(path, "new")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});

test("what a killed atomic write left goes with the next one to the same file, and no living process's does", async () => {
  const { pid: dead } = spawnSync("true");
  const left = [`.report.md.${dead}.a1.tmp`, `.report.md.${process.ppid}.a1.tmp`, `.plan.md.${dead}.a1.tmp`];
  for (const name of left) writeFileSync(join(folder, name), "half");
  await writeFileAtomic(join(folder, "report.md"), "whole");
  expect(readdirSync(folder).toSorted()).toEqual([...left.slice(1).toReversed(), "report.md"]);
});

describe("a template", () => {
  test("is filled, every occurrence of a name", () => {
    expect(renderTemplate("{{a}} and {{ b }} and {{a}}", { a: "1", b: "2" })).toBe("1 and 2 and 1");
  });

  test("takes values as they are: neither placeholders nor replacement patterns in them count", () => {
    expect(renderTemplate("<{{a}}>", { a: "{{b}} $& $1" })).toBe("<{{b}} $& $1>");
  });

  test("with an unknown placeholder or an unused value is refused, both named", () => {
    expect(() => renderTemplate("{{task}}", { tsk: "x" })).toThrow(
      /\{\{task\}\} has no value[\s\S]*"tsk" has no/,
    );
    expect(() => renderTemplate("{{toString}}", {})).toThrow(/toString/);
  });
});

describe("the state home", () => {
  test("is AGENTX_HOME, else what the repository names, else XDG_STATE_HOME, else below the home folder", () => {
    expect(stateHome({ AGENTX_HOME: "/a", XDG_STATE_HOME: "/x", HOME: "/h" }, "/n")).toBe("/a");
    expect(stateHome({ XDG_STATE_HOME: "/x", HOME: "/h" }, "/n")).toBe("/n");
    expect(stateHome({ XDG_STATE_HOME: "/x", HOME: "/h" }, null)).toBe("/x/agentx");
    expect(stateHome({ XDG_STATE_HOME: "relative", HOME: "/h" }, null)).toBe("/h/.local/state/agentx");
  });

  test("has one folder a repository, whichever way the repository is reached", () => {
    const root = join(folder, "shop");
    mkdirSync(root);
    symlinkSync(root, join(folder, "link"));
    const env = { AGENTX_HOME: "/a" };
    expect(repositoryHome(env, root, null)).toMatch(/^\/a\/shop-[0-9a-f]{8}$/);
    expect(repositoryHome(env, join(folder, "link"), null)).toBe(repositoryHome(env, root, null));
  });
});
