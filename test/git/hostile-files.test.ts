import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { copyIncluded } from "../../src/git/worktrees/copy-included.ts";
import { createWorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import type { WorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import type { Worktree } from "../../src/git/worktree.ts";
import { commitFiles, git, makeFolder, makeRepository, write } from "./make-repository.ts";
import type { Made } from "./make-repository.ts";

const branch = "agentx/7f3/login";

async function leased(
  files?: Record<string, string>,
): Promise<Made & { pool: WorktreePool; worktree: Worktree }> {
  const made = await makeRepository(files);
  const pool = createWorktreePool({ repo: made.repo, home: made.home });
  return { ...made, pool, worktree: await pool.lease({ number: 1, branch, commit: made.base }) };
}

/** Paths are bytes to the system. */
const raw = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

test("names of any bytes come back as they were", async () => {
  const { pool, worktree, base } = await leased();
  const names = [
    raw("latin-", [0xe9, 0xff, 0x80]),
    raw("a\nb"),
    raw("tab\tand\\back \"quote\" 'single' `tick` $(touch x)"),
    raw("-rf"),
    raw("--upload-pack=x"),
    raw(":(top)magic"),
    raw("n".repeat(255)),
    raw("Readme.md"),
    raw("README.MD"),
    raw("\u202egpj.exe"),
    raw("e\u0301"),
    raw("\u00e9"),
    raw([0x1b], "[2J"),
  ];
  for (const name of names) writeFileSync(Buffer.concat([raw(`${worktree.path}/`), name]), name);
  const taken = await pool.snapshot(worktree, { message: "m", parents: [base], base });
  const gate = await pool.leaseDetached({ name: "gate-1", commit: taken?.commit ?? "" });
  const found = readdirSync(gate.path, { encoding: "buffer" }).map((name) => name.toString("hex"));
  expect(found).toEqual(expect.arrayContaining(names.map((name) => name.toString("hex"))));
  for (const name of names)
    expect(readFileSync(Buffer.concat([raw(`${gate.path}/`), name])).equals(name)).toBe(true);
});

test("twenty thousand files are taken and given back", async () => {
  const { pool, worktree, base } = await leased();
  for (let folder = 0; folder < 20; folder += 1) {
    mkdirSync(join(worktree.path, `many/${folder}`), { recursive: true });
    for (let file = 0; file < 1000; file += 1)
      writeFileSync(join(worktree.path, `many/${folder}/${file}`), "x");
  }
  const taken = await pool.snapshot(worktree, { message: "m", parents: [base], base });
  expect(taken?.files).toHaveLength(20_000);
  const gate = await pool.leaseDetached({ name: "gate-1", commit: taken?.commit ?? "" });
  expect(readdirSync(join(gate.path, "many/19"))).toHaveLength(1000);
});

test("a sparse file of two gigabytes is refused before git has read it", async () => {
  const { root, pool, worktree, base } = await leased();
  writeFileSync(join(worktree.path, "huge"), "");
  truncateSync(join(worktree.path, "huge"), 2 * 1024 ** 3);
  const objects = (): number =>
    globSync(join(root, ".git/objects/??/*")).reduce((sum, file) => sum + statSync(file).size, 0);
  const before = objects();
  await expect(pool.snapshot(worktree, { message: "m", parents: [base], base })).rejects.toThrow(
    /huge: has 2048\.0 MiB; files may have 10/,
  );
  expect(objects()).toBe(before);
});

describe("what a tree from a worker may not hold is refused, each by its name:", () => {
  const names = [
    ".GIT/x",
    ".Git/config",

    "git~1/x",
    "GIT~1/x",
    "a/git~2/hooks/x",
    ".git./x",
    ".git /x",
    ".git...  /x",
    ".g\u200cit/x",
    "\ufeff.git/x",
    ".gi\u202et/x",
    ".git:x",
    ".git::$INDEX_ALLOCATION/x",
    "a\\.git\\config",
    ".git\\hooks\\x",
  ];
  test.each(names)("%j", async (name) => {
    const { root, pool, worktree, base } = await leased();
    write(worktree.path, { [name]: "evil", "fine.txt": "f" });
    const work = pool.snapshot(worktree, { message: "m", parents: [base], base });
    await expect(work).rejects.toMatchObject({ code: "TREE_REFUSED" });
    expect(git(root, "rev-parse", branch)).toBe(base);
  });

  test("links", async () => {
    const { pool, worktree, base } = await leased();
    const links = {
      absolute: "/etc/passwd",
      escaping: "../../x",
      "deep/escaping": "../../x",
      "into-git": ".git/config",
      ".gitattributes": "readme.md",
      "sub/.gitignore": "../readme.md",
      windows: "C:\\x",
    };
    for (const [path, target] of Object.entries(links)) {
      mkdirSync(dirname(join(worktree.path, path)), { recursive: true });
      symlinkSync(target, join(worktree.path, path));
    }
    const error: unknown = await pool
      .snapshot(worktree, { message: "m", parents: [base], base })
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "TREE_REFUSED" });
    for (const path of Object.keys(links)) expect(String(error)).toContain(`${path}: is a symlink`);
  });
});

test("links that a worker left lead none of the dispatcher's writes, copies and deletions out of the worktree", async () => {
  const made = await leased({
    "readme.md": "hello\n",
    "src/a.txt": "one\n",
    "deep/b/c.txt": "two\n",
    ".worktreeinclude": ".env\nlocal/\n",
    ".gitignore": ".env\nlocal/\nnode_modules\n.venv\n",
  });
  const { repo, root, pool, worktree, base } = made;
  write(root, { ".env": "E=1\n", "local/db.json": "{}\n" });
  const outside = makeFolder();
  write(outside, {
    "a.txt": "target\n",
    "b/c.txt": "target\n",
    "keep/me": "target\n",
  });
  const look = (): string[] =>
    readdirSync(outside, { recursive: true, encoding: "utf8" })
      .toSorted()
      .map((path) => {
        const at = join(outside, path);
        return statSync(at).isFile() ? `${path} ${readFileSync(at, "utf8")}` : path;
      });
  const before = look();
  const plant = (path: string, target: string): void => {
    rmSync(join(worktree.path, path), { recursive: true, force: true });
    symlinkSync(target, join(worktree.path, path));
  };
  plant("src", outside);
  plant("deep/b", join(outside, "b"));
  plant("readme.md", join(outside, "a.txt"));
  plant("local", outside);
  plant(".env", join(outside, "new-env"));
  plant("node_modules", outside);
  plant(".venv", join(outside, "keep"));
  await copyIncluded({ repo, worktree });
  await pool.snapshot(worktree, { message: "m", parents: [base], base }).catch(() => null);
  await pool.checkoutTree(worktree, { tree: base, head: base });
  expect(readFileSync(join(worktree.path, "src/a.txt"), "utf8")).toBe("one\n");
  plant("deep", outside);
  plant("src", join(outside, "keep"));
  await pool.discard(worktree);
  const again = await pool.lease({ number: 1, branch: "agentx/7f3/next", commit: base });
  await copyIncluded({ repo, worktree: again });
  expect(readFileSync(join(again.path, ".env"), "utf8")).toBe("E=1\n");
  plant("src", outside);
  await pool.remove(1);
  expect(existsSync(worktree.path)).toBe(false);
  expect(look()).toEqual(before);
  expect(commitFiles(root, {})).not.toBe(base);
});
