import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { toolchainOf } from "../../src/engine/tools-id.ts";
import { temporaryFolder } from "../sandbox/support.ts";

/** Longer than two states of a folder may look the same: what was read is believed from now on. */
const momentMs = 150;

test("a tool that comes, goes or is replaced is noticed, also where a link leads to it", async () => {
  using place = temporaryFolder();
  const [first, second, real] = ["first", "second", "real"].map((name) => join(place.path, name));
  for (const folder of [first, second, real]) mkdirSync(folder ?? "");
  const put = (folder = "", name: string, text: string): void => {
    writeFileSync(join(folder, "new"), text);
    renameSync(join(folder, "new"), join(folder, name));
  };
  put(second, "node", "one");
  put(real, "node", "linked");
  const path = [first, second, join(place.path, "none"), ""].join(delimiter);
  const seen = async (): Promise<string> => {
    const id = toolchainOf({ name: "sandbox" }, { PATH: path });
    expect(toolchainOf({ name: "sandbox" }, { PATH: path })).toBe(id);
    await setTimeout(momentMs);
    expect(toolchainOf({ name: "sandbox" }, { PATH: path })).toBe(id);
    return id;
  };
  const ids = [await seen()];
  for (const change of [
    () => put(second, "node", "two"),
    () => symlinkSync(join(real ?? "", "node"), join(first ?? "", "node")),
    () => put(real, "node", "LINKED"),
    () => put(first, "unknown", "no tool"),
    () => rmSync(join(first ?? "", "node")),
  ]) {
    change();
    ids.push(await seen());
  }
  const [one, two, linked, replaced, beside, gone] = ids;
  expect(beside).toBe(replaced);
  expect(gone).toBe(two);
  expect(new Set([one, two, linked, replaced]).size).toBe(4);
});
