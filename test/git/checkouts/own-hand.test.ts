import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { conversionOf } from "../../../src/git/checkouts/exact-content.ts";
import { createWorktreePool } from "../../../src/git/worktrees/worktree-pool.ts";
import type { Lease } from "../../../src/git/worktree.ts";
import { countGit } from "../count-git.ts";
import { git, makeFolder, makeRepository, setEnv, write, type Made } from "../make-repository.ts";

type Work = Made & {
  worktree: Lease;
  /** The same folder for another task, at the base. */
  next: () => Promise<void>;
  /** @returns the tree of a snapshot */
  snap: () => Promise<string>;
};

async function begin(files: Record<string, string>): Promise<Work> {
  const made = await makeRepository(files);
  const { repo, home, base } = made;
  const pool = createWorktreePool({ repo, home });
  let task = 0;
  const lease = (): Promise<Lease> =>
    pool.lease({ number: 1, branch: `agentx/7f3/t${(task += 1)}`, commit: base });
  const worktree = await lease();
  return {
    ...made,
    worktree,
    next: async () => void (await lease()),
    snap: async () => {
      const at = { ...worktree, branch: `agentx/7f3/t${task}` };
      const taken = await pool.snapshot(at, { message: "m\n", parents: [base], base });
      return taken?.tree ?? git(made.root, "rev-parse", `${base}^{tree}`);
    },
  };
}

/** The tree that git makes of the same files, with an index that knows nothing of them. */
function byGit({ worktree }: Work): string {
  const script = "git read-tree HEAD && git add --all && git write-tree";
  const env = { ...process.env, GIT_INDEX_FILE: join(makeFolder(), "index") };
  return execFileSync("sh", ["-c", script], { cwd: worktree.path, env, encoding: "utf8" }).trim();
}

/** What is below a folder: path (latin1) → mode and content. */
function filesIn(folder: string, path = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const bytes of readdirSync(Buffer.from(join(folder, path), "latin1"), { encoding: "buffer" })) {
    const name = bytes.toString("latin1");
    const at = join(path, name);
    const file = Buffer.from(join(folder, at), "latin1");
    const state = lstatSync(file);
    if (at === ".git") continue;
    if (state.isDirectory()) Object.assign(found, filesIn(folder, at));
    else {
      const content = state.isSymbolicLink() ? readlinkSync(file) : readFileSync(file, "latin1");
      found[at] = `${state.isSymbolicLink() ? "link" : (state.mode & 0o777).toString(8)} ${content}`;
    }
  }
  return found;
}

function put(root: string, path: string, to: { content: string; isExecutable?: boolean } | null): void {
  const file = join(root, path);
  // What is there, or where a folder of its path has to be.
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const above = join(root, path.slice(0, at));
    if (lstatSync(above, { throwIfNoEntry: false })?.isFile() === true) rmSync(above);
  }
  rmSync(file, { recursive: true, force: true });
  if (to === null) return;
  write(root, { [path]: to.content });
  chmodSync(file, to.isExecutable === true ? 0o755 : 0o644);
}

describe("what agentx writes itself is what git would write", () => {
  test("of any few files that are new, changed, gone, executable, or a folder's name", async () => {
    const names = ["a", "a.b", "a-b", "a/b", "a/b/c", "b", "sp ace/new\nline", "é/ü"];
    const work = await begin({
      a: "a\n",
      "b/c": "c\n",
      "b/d/e": "e\n",
      "sp ace/x": "x\n",
      ".gitattributes": "* text=auto\n",
    });
    const first = filesIn(work.worktree.path);
    const file = fc.record({
      content: fc.constantFrom("", "one\n", "two\r\n", "\0\r\n"),
      isExecutable: fc.boolean(),
    });
    const change = fc.tuple(fc.constantFrom(...names, "b/c", "b/d/e"), fc.option(file));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 8 }), async (changes) => {
        for (const [path, to] of changes) put(work.worktree.path, path, to);
        const expected = byGit(work);
        const mine = filesIn(work.worktree.path);
        expect(await work.snap()).toBe(expected);
        expect(git(work.worktree.path, "status", "--porcelain")).toBe("");
        expect(git(work.worktree.path, "write-tree")).toBe(expected);
        expect(filesIn(work.worktree.path)).toEqual(mine);
        await work.next();
        expect(filesIn(work.worktree.path)).toEqual(first);
        expect(git(work.worktree.path, "status", "--porcelain")).toBe("");
      }),
      { numRuns: 8, seed: 7 },
    );
    expect(git(work.root, "fsck", "--strict", "--no-dangling")).toBe("");
  });

  test("of names that are no text", async () => {
    const work = await begin({ "a.txt": "a\n" });
    const odd = Buffer.from([0x66, 0xff]);
    writeFileSync(Buffer.concat([Buffer.from(`${work.worktree.path}/`), odd]), "odd\n");
    const expected = byGit(work);
    const calls = countGit();
    expect(await work.snap()).toBe(expected);
    expect(calls()).not.toContain("write-tree");
    expect(git(work.worktree.path, "status", "--porcelain")).toBe("");
  });

  test("of a folder in whose place a link leads elsewhere: the link", async () => {
    const work = await begin({ "src/a.txt": "a\n" });
    const outside = makeFolder();
    write(outside, { "a.txt": "a secret\n" });
    rmSync(join(work.worktree.path, "src"), { recursive: true });
    symlinkSync(outside, join(work.worktree.path, "src"));
    await expect(work.snap()).rejects.toMatchObject({ code: "TREE_REFUSED" });
    rmSync(join(work.worktree.path, "src"));
    symlinkSync("real", join(work.worktree.path, "src"));
    write(work.worktree.path, { "real/a.txt": "mine\n" });
    const expected = byGit(work);
    expect(await work.snap()).toBe(expected);
    await work.next();
    expect(readFileSync(join(outside, "a.txt"), "utf8")).toBe("a secret\n");
    expect(filesIn(work.worktree.path)).toEqual({ "src/a.txt": "644 a\n" });
    expect(git(work.root, "cat-file", "--batch-all-objects", "--batch-check=%(objectsize)")).not.toMatch(
      /^9$/m,
    );
  });
});

describe("it is left to git", () => {
  test.each([
    ["* text=auto", "withoutReturns"],
    ["*.sh eol=lf -ident", "withoutReturns"],
    ["*.png binary diff=png linguist-generated filter=lfs", "plain"],
    ["* eol=crlf", "unknown"],
    ["* ident", "unknown"],
    ["*.txt working-tree-encoding=UTF-16", "unknown"],
    ["* crlf=input", "unknown"],
    ["[attr]mine eol=crlf", "unknown"],
  ])("where attributes are %s: %s", async (attributes, conversion) => {
    const root = makeFolder();
    setEnv("XDG_CONFIG_HOME", makeFolder());
    const repo = { root, commonDir: join(root, ".git") };
    git(root, "init", "--quiet");
    write(root, { "deep/.gitattributes": attributes });
    expect(await conversionOf(repo, { root, paths: ["deep/er/x"] })).toBe(conversion);
    expect(await conversionOf(repo, { root, paths: ["x"] })).toBe("plain");
  });
});
