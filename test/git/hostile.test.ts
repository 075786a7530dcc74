import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { mergeTrees } from "../../src/git/delivery/merge-trees.ts";
import { diffBetween } from "../../src/git/objects/read-files.ts";
import { overlayTree } from "../../src/git/objects/overlay-tree.ts";
import { createWorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import type { WorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import {
  commitFiles,
  git,
  makeFolder,
  makeRepository,
  makeTrap,
  useGlobalConfig,
  write,
} from "./make-repository.ts";
import type { Made } from "./make-repository.ts";

const branch = "agentx/7f3/login";

/** Every configuration that makes git start a program. */
function trapConfig(program: string): string {
  return [
    `[core]\n\tfsmonitor = ${program}\n\thooksPath = ${program}\n\tpager = ${program}\n\teditor = ${program}`,
    `[core]\n\tsshCommand = ${program}\n\taskPass = ${program}\n\tgitProxy = ${program}\n\talternateRefsCommand = ${program}`,
    `[sequence]\n\teditor = ${program}\n[credential]\n\thelper = !${program}\n[interactive]\n\tdiffFilter = ${program}`,
    `[protocol "ext"]\n\tallow = always\n[url "ext::${program} "]\n\tinsteadOf = https://\n\tpushInsteadOf = https://`,
    `[merge "trap"]\n\tdriver = ${program}\n[mergetool "trap"]\n\tcmd = ${program}\n[difftool "trap"]\n\tcmd = ${program}`,
    `[gpg "ssh"]\n\tprogram = ${program}\n\tdefaultKeyCommand = ${program}\n[log]\n\tshowSignature = true\n[tag]\n\tgpgSign = true`,
    `[trailer "trap"]\n\tcommand = ${program}\n\tcmd = ${program}\n[gc]\n\trecentObjectsHook = ${program}`,
    `[uploadpack]\n\tpackObjectsHook = ${program}\n[submodule "sub"]\n\tupdate = !${program}\n[pager]\n\tdiff = ${program}`,
    `[init]\n\ttemplateDir = ${dirname(program)}\n[include]\n\tpath = ${program}.config`,
    `[filter "trap"]\n\tclean = ${program}\n\tsmudge = ${program}\n\trequired = true`,
    `[filter "proc"]\n\tprocess = ${program}\n\trequired = true`,
    `[diff "trap"]\n\ttextconv = ${program}\n\tcommand = ${program}`,
    `[diff]\n\texternal = ${program}`,
    `[gpg]\n\tprogram = ${program}`,
    `[commit]\n\tgpgSign = true`,
    `[alias]\n\tadd = !${program}\n\tls-files = !${program}\n\tdiff = !${program}`,
  ].join("\n");
}

async function useAll({ base, repo, home }: Made, plant: (path: string) => void): Promise<WorktreePool> {
  const pool = createWorktreePool({ repo, home });
  const worktree = await pool.lease({ number: 1, branch, commit: base });
  write(worktree.path, { "work.txt": "w", "readme.md": "changed by the worker\n" });
  plant(worktree.path);
  await pool.snapshot(worktree, { message: "m", parents: [base], base }).catch(() => null);
  const ours = git(repo.root, "-c", "core.fsmonitor=false", "rev-parse", "--verify", branch);
  const theirs = git(repo.root, "commit-tree", "-p", base, "-m", "m", `${base}^{tree}`);
  await mergeTrees(repo, { ours, theirs });
  await diffBetween(repo, { from: base, to: ours });
  await overlayTree(repo, { commit: ours, base, paths: ["readme.md"] });
  write(worktree.path, { "more.txt": "m" });
  await pool.checkoutTree(worktree, { tree: base, head: base });
  await pool.discard(worktree);
  await pool.lease({ number: 1, branch: "agentx/7f3/next", commit: base });
  await pool.leaseDetached({ name: "gate-1", commit: base });
  await pool.remove(1);
  return pool;
}

describe("no planted program is run:", () => {
  test("from the repository's or the global configuration, chosen by the worker's attributes", async () => {
    const { program, marker } = makeTrap();
    const made = await makeRepository();
    writeFileSync(
      join(made.root, ".git", "config"),
      `${readFileSync(join(made.root, ".git", "config"), "utf8")}\n${trapConfig(program)}`,
    );
    useGlobalConfig(trapConfig(program));
    await useAll(made, (path) =>
      write(path, { ".gitattributes": "*.md filter=trap diff=trap\n*.txt filter=proc\n" }),
    );
    expect(existsSync(marker)).toBe(false);
  });

  test("from hooks", async () => {
    const { program, marker } = makeTrap();
    const made = await makeRepository();
    for (const hook of [
      "post-checkout",
      "pre-commit",
      "reference-transaction",
      "post-index-change",
      "pre-push",
      "fsmonitor-watchman",
    ]) {
      writeFileSync(join(made.root, ".git", "hooks", hook), readFileSync(program), { mode: 0o755 });
    }
    await useAll(made, () => undefined);
    expect(existsSync(marker)).toBe(false);
  });

  test.each(["file", "folder"])("from a .git %s that leads to a worker's own repository", async (kind) => {
    const { program, marker } = makeTrap();
    const made = await makeRepository();
    const evil = join(makeFolder(), "evil");
    git(made.root, "clone", "--quiet", made.root, evil);
    writeFileSync(join(evil, ".git", "config"), trapConfig(program));
    await useAll(made, (path) => {
      rmSync(join(path, ".git"));
      if (kind === "file") writeFileSync(join(path, ".git"), `gitdir: ${evil}/.git\n`);
      else
        git(made.root, "-c", "core.fsmonitor=false", "clone", "--quiet", "--bare", evil, join(path, ".git"));
      write(path, { ".gitattributes": "* filter=trap\n" });
    });
    expect(existsSync(marker)).toBe(false);
    expect(git(made.root, "rev-parse", branch)).toBe(made.base);
  });

  test("from a repository that a worker put in a submodule's place", async () => {
    const { program, marker } = makeTrap();
    const made = await makeRepository();
    const evil = join(makeFolder(), "evil");
    git(made.root, "clone", "--quiet", made.root, evil);
    // A gitlink, as the base has it.
    git(made.root, "update-index", "--add", "--cacheinfo", `160000,${made.base},sub`);
    git(made.root, "commit", "--quiet", "--message", "submodule");
    const base = git(made.root, "rev-parse", "HEAD");
    writeFileSync(join(evil, ".git", "config"), trapConfig(program));
    await useAll({ ...made, base }, (path) => {
      rmSync(join(path, "sub"), { recursive: true });
      git(made.root, "-c", "core.fsmonitor=false", "clone", "--quiet", evil, join(path, "sub"));
      writeFileSync(join(path, "sub", ".git", "config"), trapConfig(program));
      write(path, { "sub/.gitattributes": "* filter=trap\n", "sub/readme.md": "x" });
    });
    expect(existsSync(marker)).toBe(false);
  });
});

test("a tampered .git file is written anew, and work in the tree is still taken", async () => {
  const { root, base, repo, home } = await makeRepository();
  const pool = createWorktreePool({ repo, home });
  const worktree = await pool.lease({ number: 1, branch, commit: base });
  rmSync(join(worktree.path, ".git"));
  mkdirSync(join(worktree.path, ".git", "hooks"), { recursive: true });
  write(worktree.path, { "work.txt": "w", ".git/HEAD": "ref: refs/heads/main\n" });
  const taken = await pool.snapshot(worktree, { message: "m", parents: [base], base });
  expect(taken?.files).toEqual(["work.txt"]);
  expect(git(root, "rev-parse", "main")).toBe(base);
  await pool.lease({ number: 1, branch, commit: base });
  expect(readFileSync(join(worktree.path, ".git"), "utf8")).toBe(`gitdir: ${worktree.gitDir}\n`);
});

describe("a submodule", () => {
  async function withSubmodule(): Promise<Made> {
    useGlobalConfig('[protocol "file"]\n\tallow = always\n');
    const library = await makeRepository({ "lib.txt": "lib\n" });
    const made = await makeRepository();
    git(made.root, "submodule", "--quiet", "add", library.root, "lib");
    return { ...made, base: commitFiles(made.root, {}, "submodule") };
  }

  test("is filled, filled again in a recycled worktree, and is no change of the worker's", async () => {
    const { repo, home, base } = await withSubmodule();
    const pool = createWorktreePool({ repo, home });
    const first = await pool.lease({ number: 1, branch, commit: base });
    expect(first.submodules).toEqual({ type: "ready" });
    write(first.path, { "lib/lib.txt": "changed\n", "lib/junk": "j", "work.txt": "w" });
    const taken = await pool.snapshot(first, { message: "m", parents: [base], base });
    expect(taken?.files).toEqual(["work.txt"]);
    const second = await pool.lease({ number: 1, branch: "agentx/7f3/next", commit: base });
    expect(second.submodules).toEqual({ type: "ready" });
    expect(readFileSync(join(second.path, "lib/lib.txt"), "utf8")).toBe("lib\n");
    expect(existsSync(join(second.path, "lib/junk"))).toBe(false);
  });

  test("submodules are empty and nobody says so: one that can not be fetched is told, and the rest of the worktree is there", async () => {
    const { repo, root, home, base } = await withSubmodule();
    rmSync(git(root, "config", "submodule.lib.url"), { recursive: true });
    const lease = await createWorktreePool({ repo, home }).lease({ number: 1, branch, commit: base });
    expect(lease.submodules).toMatchObject({ type: "missing" });
    expect(existsSync(join(lease.path, "readme.md"))).toBe(true);
  });

  test("is not fetched from where a worker's .gitmodules points", async () => {
    const { repo, home, base } = await withSubmodule();
    const pool = createWorktreePool({ repo, home });
    const first = await pool.lease({ number: 1, branch, commit: base });
    write(first.path, {
      ".gitmodules": readFileSync(join(first.path, ".gitmodules"), "utf8").replace(/url = .*/, "url = /evil"),
    });
    const taken = await pool.snapshot(first, { message: "m", parents: [base], base });
    const gate = await pool.leaseDetached({ name: "gate-1", commit: taken?.commit ?? "" });
    expect(gate.submodules).toMatchObject({
      type: "missing",
      reason: expect.stringContaining(".gitmodules") as string,
    });
  });
});
