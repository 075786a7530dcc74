import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type EtcView, stageEtc } from "../../../src/sandbox/bubblewrap/staged-etc.ts";
import { describeSandboxed, specFor, temporaryFolder, walled, worktree } from "../support.ts";

type Place = { etc: string; view: EtcView; stage: () => Promise<string>; kept: () => string[] } & Disposable;

/** Some of what a host has, in a folder that stands for its root. `stage` gives the folder that is a sandbox's root. */
function makePlace(): Place {
  const folder = temporaryFolder();
  const [etc, parent] = [join(folder.path, "etc"), join(folder.path, "parent")];
  for (const path of [join(etc, "fonts"), parent]) mkdirSync(path, { recursive: true });
  writeFileSync(join(etc, "fonts/conf"), "sans");
  symlinkSync("/usr/share/conf", join(etc, "fonts/link"));
  writeFileSync(join(folder.path, "zone"), "UTC");
  symlinkSync("../zone", join(etc, "localtime"));
  const view: EtcView = {
    paths: [join(etc, "fonts"), join(etc, "localtime")],
    texts: [[join(etc, "passwd"), "a"]],
  };
  return {
    etc,
    view,
    stage: async () => join(dirname(await stageEtc(view, parent)), etc),
    kept: () => readdirSync(parent),
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

test("has what the host has and what is made up: what a path leads to, and links in folders as they are", async () => {
  using place = makePlace();
  const staged = await place.stage();
  expect(readFileSync(join(staged, "fonts/conf"), "utf8")).toBe("sans");
  expect(readlinkSync(join(staged, "fonts/link"))).toBe("/usr/share/conf");
  expect(lstatSync(join(staged, "localtime")).isFile()).toBe(true);
  expect(readFileSync(join(staged, "localtime"), "utf8")).toBe("UTC");
  expect(readFileSync(join(staged, "passwd"), "utf8")).toBe("a");
});

test("is used again as long as the host's files are the same, and made anew where it is not as they are", async () => {
  using place = makePlace();
  const staged = await place.stage();
  const { ino } = lstatSync(staged);
  expect(lstatSync(await place.stage()).ino).toBe(ino);
  unlinkSync(join(staged, "passwd"));
  expect(readFileSync(join(await place.stage(), "passwd"), "utf8")).toBe("a");
  writeFileSync(join(staged, "fonts/conf"), "serif, and more");
  expect(readFileSync(join(await place.stage(), "fonts/conf"), "utf8")).toBe("sans");
  expect(place.kept()).toHaveLength(1);
  writeFileSync(join(place.etc, "fonts/conf"), "mono");
  expect(readFileSync(join(await place.stage(), "fonts/conf"), "utf8")).toBe("mono");
  expect(place.kept()).toHaveLength(2);
});

test("is not there at all where something cannot be copied", async () => {
  using place = makePlace();
  rmSync(join(place.etc, "fonts"), { recursive: true });
  await expect(place.stage()).rejects.toThrow("ENOENT");
  expect(place.kept()).toEqual([]);
});

describeSandboxed("of many sandboxes", () => {
  test("the later ones have one mount for /etc, and see the same there", async () => {
    using place = worktree();
    const provider = await walled();
    const look =
      "grep -c ' /etc' /proc/self/mountinfo; find /etc | sort; find /etc -type f | sort | xargs md5sum";
    const seen = async (): Promise<string[]> => {
      const { output } = await provider.run(specFor(place.root), { command: look, timeoutMs: 20_000 });
      return output.split("\n");
    };
    const [mounts, ...files] = await seen();
    expect(Number(mounts)).toBeGreaterThan(4);
    await expect.poll(async () => (await seen())[0], { timeout: 20_000 }).toBe("1");
    expect((await seen()).slice(1)).toEqual(files);
    expect(files).toContain("/etc/passwd");
  });
});
