import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { findWorktree } from "../../../src/sandbox/git-folder/git-view.ts";
import { KnownRefs } from "../../../src/sandbox/git-folder/known-refs.ts";
import { makePrivateGit } from "../../../src/sandbox/git-folder/private-git.ts";
import { temporaryFolder } from "../support.ts";

/** Longer than two states of a file may look the same. */
const momentMs = 150;

function repository(at: string) {
  const root = join(at, "main");
  mkdirSync(root);
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", root, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      stdio: "pipe",
    }).toString();
  git("init", "-q", "-b", "main");
  git("commit", "-q", "--allow-empty", "-m", "first");
  git("worktree", "add", "-q", "--no-track", "-b", "work", join(at, "checkout"));
  return { root, common: join(root, ".git"), checkout: join(at, "checkout"), git };
}

/** All that git says of the refs from that checkout. */
function said(gitDir: string, common: string): string[] {
  const env = {
    ...process.env,
    GIT_DIR: gitDir,
    GIT_COMMON_DIR: join(gitDir, "../.."),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(common, "objects"),
  };
  return [
    ["for-each-ref", "--format=%(refname) %(objectname) %(*objectname) %(symref)"],
    ["show-ref", "--head", "-d"],
  ].map((args) => execFileSync("git", args, { env, stdio: "pipe" }).toString());
}

test("a worker's git says of the refs what the repository's says", async () => {
  using place = temporaryFolder();
  const { root, common, checkout, git } = repository(place.path);
  const put = (commit: string, names: string[]): void => {
    const input = names.map((name) => `update refs/${name} ${commit}\n`).join("");
    execFileSync("git", ["-C", root, "update-ref", "--stdin"], { input });
  };
  git("tag", "-a", "packed", "-m", "annotated");
  put("HEAD", [
    "remotes/origin/main",
    ...["a-b", "a/c", "a/b/c", "é", "moved"].map((name) => `heads/${name}`),
  ]);
  git("pack-refs", "--all");
  git("commit", "-q", "--allow-empty", "-m", "second");
  put("HEAD", ["heads/moved", "heads/a/d", "heads/a.b", "heads/a/b/d", "tags/light", "bisect/bad"]);
  git("tag", "-a", "loose", "-m", "annotated");
  git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
  const worktree = (await findWorktree(common, checkout)) ?? "";
  const refs = new KnownRefs();
  const changes = [() => {}, () => git("pack-refs", "--all"), () => put("HEAD", ["heads/a/c"])];
  for (const [round, change] of changes.entries()) {
    change();
    const folder = join(place.path, `git-${round}`);
    mkdirSync(folder);
    await makePrivateGit(common, { worktree, folder, refs });
    const inside = said(join(folder, "worktrees", "checkout"), common);
    expect(inside).toEqual(said(worktree, common));
    expect(inside[0]).toContain("refs/remotes/origin/HEAD");
    // One file for all of them, and one for each that it cannot hold: HEAD of the remote, and the main checkout's own.
    const files = readdirSync(join(folder, "refs"), { recursive: true, withFileTypes: true });
    expect(files.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(["bad", "HEAD"]);
  }
});

test("of a folder of refs that looks as it did no file is read again, and of another one only what is new", async () => {
  using place = temporaryFolder();
  const { common, git } = repository(place.path);
  for (const name of ["still/one", "moving/one", "moving/two"]) git("branch", name);
  await setTimeout(momentMs);
  const refs = new KnownRefs();
  const before = refs.read(common).packed;
  // Nobody who works with git writes into a ref's file: it tells whether that is read.
  const planted = "1".repeat(40);
  const first = readFileSync(join(common, "refs/heads/still/one"), "utf8").trim();
  writeFileSync(join(common, "refs/heads/still/one"), `${planted}\n`);
  expect(refs.read(common).packed).toBe(before);
  expect(new KnownRefs().read(common).packed).toContain(`${planted} refs/heads/still/one`);
  git("commit", "-q", "--allow-empty", "-m", "second");
  const second = git("rev-parse", "HEAD").trim();
  git("update-ref", "refs/heads/moving/one", second);
  git("branch", "-d", "moving/two");
  expect(refs.read(common).packed.split("\n").slice(1, -1)).toEqual([
    `${second} refs/heads/main`,
    `${second} refs/heads/moving/one`,
    `${first} refs/heads/still/one`,
    `${first} refs/heads/work`,
  ]);
});

test("two moves at one moment are not taken for one", () => {
  using place = temporaryFolder();
  const { common, git } = repository(place.path);
  const at = [1, 2].map((number) => git("commit-tree", "-m", String(number), "HEAD^{tree}").trim());
  const refs = new KnownRefs();
  for (let round = 0; round < 20; round += 1) {
    const commit = at[round % 2] ?? "";
    // Like git: another file, in the place of the one before.
    writeFileSync(join(common, "refs/heads/work.lock"), `${commit}\n`);
    renameSync(join(common, "refs/heads/work.lock"), join(common, "refs/heads/work"));
    expect(refs.read(common).packed).toContain(`${commit} refs/heads/work`);
  }
});
