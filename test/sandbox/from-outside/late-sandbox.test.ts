import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Sandbox, SandboxSpec } from "../../../src/sandbox/sandbox.ts";
import { helperName } from "../../../src/sandbox/helper-command.ts";
import { processesBelow } from "../../../src/sandbox/inside/processes-inside.ts";
import { walledFiles } from "../../../src/sandbox/from-outside/outside-files.ts";
import { ExpectedNeed } from "../../../src/sandbox/from-outside/expected-need.ts";
import { lateSandbox } from "../../../src/sandbox/from-outside/late-sandbox.ts";
import {
  eventually,
  describeBoth,
  describeSandboxed,
  openAt,
  outputOf,
  specFor,
  worktree,
} from "../support.ts";

type Watched = Sandbox & { opened: () => number };

/** One that is opened late, and counts how often it was. */
function late(root: string, more: Partial<SandboxSpec> = {}): Watched {
  const home = "/home/agent";
  let opened = 0;
  const open = (): Promise<Sandbox> => {
    opened += 1;
    return openAt(root, more);
  };
  const sandbox = lateSandbox({
    spec: specFor(root, more),
    outside: walledFiles(specFor(root, more), home),
    home,
    expected: new ExpectedNeed(),
    open,
  });
  return { ...sandbox, opened: () => opened };
}

/** What came of it: a value, or the error as a model is told it. */
async function outcome(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked;
  } catch (error) {
    return error instanceof Error && "code" in error ? [error.code, error.message] : error;
  }
}

/** Which part of a path is in the way is told by other codes; a model reads the sentence. */
function messageOf(came: unknown): unknown {
  return Array.isArray(came) ? came[1] : came;
}

function plant({ root, outside }: { root: string; outside: string }): void {
  mkdirSync(join(root, "src/deep"), { recursive: true });
  writeFileSync(join(root, "src/a.txt"), "aé\n");
  writeFileSync(join(root, "binary"), Buffer.from([1, 0, 2]));
  writeFileSync(join(root, ".git"), "gitdir: elsewhere\n");
  writeFileSync(join(outside, "secret"), "s3cret\n");
  const links = {
    "to-a": "src/a.txt",
    "to-src": join(root, "src"),
    round: "round",
    "to-git": ".git",
    nowhere: "missing",
    out: join(outside, "secret"),
    "folder-out": outside,
    passwd: "/etc/passwd",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(root, name));
}

const inOwnFolders = ["src/a.txt", "./src/../src/a.txt", "src", ".", "binary", "no/such", "binary/x"];
const elsewhere = [
  "to-a",
  "to-src/a.txt",
  "out",
  "folder-out/secret",
  "passwd",
  "nowhere",
  "round",
  ".git",
  "to-git",
  "../outside/secret",
  "/proc/self/comm",
];

describeSandboxed("a sandbox that is opened late", () => {
  test.each(inOwnFolders)("reads %s without anything running, as it would be inside", async (path) => {
    using place = worktree();
    plant(place);
    await using sandbox = late(place.root);
    await using open = await openAt(place.root);
    expect(await outcome(sandbox.readFile(path))).toEqual(await outcome(open.readFile(path)));
    expect(sandbox.opened()).toBe(0);
  });

  test.each(elsewhere)("has %s read inside, where it may be something else", async (path) => {
    using place = worktree();
    plant(place);
    await using sandbox = late(place.root);
    await using open = await openAt(place.root);
    const read = await outcome(sandbox.readFile(path));
    expect(read).toEqual(await outcome(open.readFile(path)));
    expect(JSON.stringify(read)).not.toContain("s3cret");
    expect(sandbox.opened()).toBe(1);
  });

  test.each(["to-a", "src/a.txt", "src/deep/new/file", "src", "binary/x"])(
    "writes %s as it would be inside",
    async (path) => {
      using one = worktree();
      using other = worktree();
      await using sandbox = late(one.root);
      await using open = await openAt(other.root);
      const left: unknown[] = [];
      for (const { root, in: each } of [
        { root: one.root, in: sandbox },
        { root: other.root, in: open },
      ]) {
        plant({ root, outside: one.outside });
        const came = await outcome(each.writeFile(path, "new"));
        const content = existsSync(join(root, "src/deep/new/file"))
          ? readFileSync(join(root, path), "utf8")
          : null;
        left.push([
          messageOf(came),
          content,
          readFileSync(join(root, "src/a.txt"), "utf8"),
          lstatSync(join(root, "to-a")).mode,
        ]);
      }
      expect(left[0]).toEqual(left[1]);
      expect(sandbox.opened()).toBe(path === "to-a" ? 1 : 0);
    },
  );

  test.each(["out", "folder-out/new", "nowhere", "to-git"])(
    "never writes through %s, which leads out",
    async (path) => {
      using place = worktree();
      plant(place);
      await using sandbox = late(place.root);
      await outcome(sandbox.writeFile(path, "new"));
      expect(readdirSync(place.outside)).toEqual(["secret"]);
      expect(readFileSync(join(place.outside, "secret"), "utf8")).toBe("s3cret\n");
      expect(sandbox.opened()).toBe(1);
    },
  );

  test("lists its folders without anything running, and what links lead to as links", async () => {
    using place = worktree();
    plant(place);
    await using sandbox = late(place.root);
    await using open = await openAt(place.root);
    for (const path of [".", "src", "no-such", "binary"]) {
      const options = { depth: 3, limit: 9 };
      expect(await outcome(sandbox.list(path, options))).toEqual(await outcome(open.list(path, options)));
    }
    expect(sandbox.opened()).toBe(0);
  });

  test("writes nothing where it is to read only, also in a folder of the worktree", async () => {
    using place = worktree();
    plant(place);
    await using reader = late(place.root, { writable: false });
    await using partly = late(place.root, { readOnly: [join(place.root, "src")] });
    await expect(reader.writeFile("src/a.txt", "new")).rejects.toMatchObject({ code: "EROFS" });
    await expect(partly.writeFile("to-src/a.txt", "new")).rejects.toMatchObject({ code: "EROFS" });
    await partly.writeFile("other", "new");
    expect([reader.opened(), partly.opened()]).toEqual([1, 1]);
    expect(readFileSync(join(place.root, "src/a.txt"), "utf8")).toBe("aé\n");
  });

  test("follows nothing that a command puts in the way of a path", async () => {
    using place = worktree();
    writeFileSync(join(place.outside, "secret"), "s3cret\n");
    await using sandbox = late(place.root);
    await sandbox.writeFile("notes/one", "1");
    expect(await outputOf(sandbox, `cat notes/one; rm -r notes; ln -s ${place.outside} notes`)).toBe("1");
    expect(await outcome(sandbox.readFile("notes/secret"))).toMatchObject(["ENOENT", expect.any(String)]);
    await outcome(sandbox.writeFile("notes/one", "2"));
    expect(readdirSync(place.outside)).toEqual(["secret"]);
  });

  test("is not led out by a folder that is a link at every other moment", async () => {
    using place = worktree();
    writeFileSync(join(place.outside, "secret"), "s3cret\n");
    await using sandbox = late(place.root);
    await sandbox.writeFile("real/secret", "mine");
    const swapping =
      `touch begun; while [ ! -e stop ]; do rm -rf folder; ln -s ${place.outside} folder; ` +
      "rm -rf folder; cp -r real folder; done";
    const done = sandbox.exec({ command: swapping, timeoutMs: 60_000 });
    expect(await eventually(() => existsSync(join(place.root, "begun")))).toBe(true);
    const seen = new Map<unknown, number>();
    const note = (came: unknown): void => void seen.set(came, (seen.get(came) ?? 0) + 1);
    for (let time = 0; time < 1_500; time += 1) {
      const outside = walledFiles(specFor(place.root), "/home/agent");
      note(JSON.stringify(await outcome(outside.readFile("folder/secret"))));
      note(JSON.stringify(await outcome(outside.list("folder", { depth: 1, limit: 9 }))));
      await outcome(outside.writeFile("folder/new", "new"));
    }
    writeFileSync(join(place.root, "stop"), "");
    expect(await done).toMatchObject({ type: "exited" });
    // It was there, and it was a link or missing.
    expect(seen.get(JSON.stringify({ text: "mine", totalBytes: 4, isBinary: false }))).toBeGreaterThan(0);
    expect(seen.size).toBeGreaterThan(2);
    expect([...seen.keys()].join()).not.toContain("s3cret");
    expect(readdirSync(place.outside)).toEqual(["secret"]);
  });

  test("reads and writes in HOME and the scratch folder by their names inside", async () => {
    using place = worktree();
    const [home, scratch] = [join(place.outside, "home"), join(place.outside, "scratch")];
    for (const path of [home, scratch]) mkdirSync(path);
    await using sandbox = late(place.root, { home, scratch });
    await sandbox.writeFile("/home/agent/prompt", "Mend it.");
    await sandbox.writeFile(join(scratch, "ipc/README"), "Ask.");
    expect((await sandbox.readFile("/home/agent/prompt")).text).toBe("Mend it.");
    expect(await outcome(sandbox.list(scratch, { depth: 2, limit: 9 }))).toMatchObject({
      entries: [{ path: join(scratch, "ipc") }, { path: join(scratch, "ipc/README") }],
    });
    expect(sandbox.opened()).toBe(0);
    expect(await outputOf(sandbox, `cat ~/prompt ${scratch}/ipc/README`)).toBe("Mend it.Ask.");
    const listed = await sandbox.list("/home/agent", { depth: 1, limit: 9 });
    expect(listed.entries).toMatchObject([{ path: "/home/agent/prompt" }]);
  });

  test("refuses at once a worktree that has become a link", async () => {
    using place = worktree();
    symlinkSync(place.outside, join(place.root, "scratch"));
    const opening = openAt(place.root, { scratch: join(place.root, "scratch"), mostly: "files" });
    await expect(opening).rejects.toMatchObject({ code: "SANDBOX_PATH" });
  });
});

describeBoth("a sandbox that is mostly for files", (provider, isWalled) => {
  test("starts nothing before something is to run, and then has what was written", async () => {
    using place = worktree();
    const marker = join(place.root, "seen");
    const open = async (): Promise<Sandbox> =>
      (await provider()).open(specFor(place.root, { mostly: "files" }));
    await using sandbox = await open();
    await sandbox.writeFile("seen", "é");
    expect((await sandbox.readFile(marker)).text).toBe("é");
    expect(helpers()).toBe(0);
    expect(await outputOf(sandbox, "cat seen; echo $HOME")).toBe(`é${sandbox.home}`);
    // Inside walls a command takes a shell alone.
    expect(helpers()).toBe(isWalled ? 0 : 1);
    expect((await sandbox.search("é", { path: ".", glob: null, limit: 1 })).matches).toHaveLength(1);
    expect(helpers()).toBe(1);
    const outside = await outcome(sandbox.readFile(join(place.outside, "no-such")));
    expect(outside).toMatchObject(["ENOENT", expect.any(String)]);
    expect(isWalled).toBe(sandbox.home === "/home/agent");
  });
});

/** Of this process or of its starter. */
function helpers(): number {
  const below = processesBelow(process.pid)?.all ?? [];
  return below.filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words.some((word) => word.endsWith(`/${helperName}`));
    } catch {
      // It has ended meanwhile.
      return false;
    }
  }).length;
}
