import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { diffTrees } from "../../../src/git/objects/diff-trees.ts";
import { resolveCommit } from "../../../src/git/objects/read-commits.ts";
import { listFilesAt, readFileAt } from "../../../src/git/objects/read-files.ts";
import { findObject, requireObject } from "../../../src/git/objects/read-objects.ts";
import type { Repository } from "../../../src/git/repository.ts";
import { compareAndSwapRef, readRef } from "../../../src/git/refs/refs.ts";
import { closeStanding } from "../../../src/git/processes/standing-of.ts";
import { processesWith, until } from "../../support/processes.ts";
import { countGit } from "../count-git.ts";
import { commitFiles, git, makeRepository, type Made, write } from "../make-repository.ts";

const askGit = fileURLToPath(new URL("../../fixtures/git/ask-git.ts", import.meta.url));

/** A repository whose standing processes go when the test ends. */
async function openMade(files?: Record<string, string>): Promise<Made & { readers: () => number[] }> {
  const made = await makeRepository(files);
  onTestFinished(() => closeStanding(made.repo));
  return { ...made, readers: () => standingIn(made.root) };
}

function standingIn(root: string): number[] {
  return processesWith("--batch-command").filter((pid) => cwdOf(pid) === root);
}

/** What is asked each time. */
async function treeNow(repo: Repository, commit: string): Promise<string> {
  return (await requireObject(repo, `${commit}^{tree}`)).id;
}

function cwdOf(pid: number): string {
  try {
    return execFileSync("readlink", [`/proc/${pid}/cwd`], { encoding: "utf8" }).trim();
  } catch {
    return "";
  }
}

test("a ref that somebody else moves, packs or deletes is seen at once", async () => {
  const { repo, root, base } = await openMade();
  const ref = "refs/heads/main";
  expect(await readRef(repo, ref)).toBe(base);
  const next = commitFiles(root, { b: "b" });
  expect(await readRef(repo, ref)).toBe(next);
  git(root, "pack-refs", "--all");
  expect(await readRef(repo, ref)).toBe(next);
  git(root, "update-ref", ref, base);
  expect(await readRef(repo, ref)).toBe(base);
  git(root, "update-ref", "-d", ref);
  expect(await readRef(repo, ref)).toBeNull();
});

test("objects are found where gc has packed them, and new ones beside", async () => {
  const { repo, root, base } = await openMade();
  const calls = countGit();
  expect(await readFileAt(repo, { commit: base, path: "readme.md" })).toBe("hello\n");
  const next = commitFiles(root, { b: "b" });
  git(root, "gc", "--quiet", "--prune=now");
  expect(await readFileAt(repo, { commit: base, path: "src/a.txt" })).toBe("one\ntwo\nthree\n");
  expect(await readFileAt(repo, { commit: next, path: "b" })).toBe("b");
  const last = commitFiles(root, { c: "c" });
  git(root, "repack", "-ad", "--quiet");
  git(root, "prune-packed");
  expect(await readFileAt(repo, { commit: last, path: "c" })).toBe("c");
  expect(await readFileAt(repo, { commit: base, path: "readme.md" })).toBe("hello\n");
  expect(calls().filter((call) => call === "cat-file")).toHaveLength(1);
});

test("one that was killed is replaced, also in the middle of many questions", async () => {
  const { repo, base, readers } = await openMade();
  const tree = await treeNow(repo, base);
  const [first = 0] = readers();
  const asked = Array.from({ length: 500 }, () => treeNow(repo, base));
  process.kill(first, "SIGKILL");
  expect(new Set(await Promise.all(asked))).toEqual(new Set([tree]));
  expect(readers()).not.toContain(first);
  process.kill(readers()[0] ?? 0, "SIGKILL");
  await until(() => readers().length === 0);
  expect(await treeNow(repo, base)).toBe(tree);
});

test("what one question dies of is told to it, and to no other", async () => {
  const bad = randomBytes(50_000).toString("hex");
  const { repo, root, base } = await openMade({ good: "good\n", bad });
  const id = git(root, "rev-parse", `${base}:bad`);
  const path = join(root, ".git/objects", id.slice(0, 2), id.slice(2));
  const bytes = readFileSync(path);
  rmSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length / 2));
  const names = ["good", "bad", "good", "gone"];
  const read = await Promise.allSettled(names.map((name) => readFileAt(repo, { commit: base, path: name })));
  expect(read).toMatchObject([
    { value: "good\n" },
    { status: "rejected", reason: { code: "GIT_FAILED" } },
    { value: "good\n" },
    { value: null },
  ]);
});

test("a name that could be an answer, or a question of its own, is only a name", async () => {
  const { repo, base } = await openMade();
  const names = [
    `${base} blob 5`,
    `${base} missing\n${base}`,
    "a\ncontents main",
    "a\0info main",
    "",
    "main\r",
  ];
  for (const name of names) expect(await findObject(repo, name)).toBeNull();
  expect(await resolveCommit(repo, "main")).toBe(base);
});

test("a folder that is gone is told, and nothing is said of what was in it", async () => {
  const { repo, root, base } = await openMade();
  await treeNow(repo, base);
  rmSync(root, { recursive: true });
  await expect(readRef(repo, "refs/heads/main")).rejects.toMatchObject({ code: "FOLDER_GONE" });
  closeStanding(repo);
  await expect(treeNow(repo, base)).rejects.toMatchObject({ code: "FOLDER_GONE" });
});

test("nobody is kept alive by it, everybody gets an answer, and it ends with whoever asked", async () => {
  const { root, base, readers } = await openMade();
  const { status, stdout } = spawnSync(process.execPath, [askGit, root, "main"], { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${base}\n` });
  await until(() => readers().length === 0);
});

test("refs are moved by one process, from where they are believed to be, and logged with their time", async () => {
  const { repo, root, base } = await openMade();
  const next = commitFiles(root, { b: "b" });
  const calls = countGit();
  for (let at = 0; at < 5; at += 1) {
    const ref = `refs/heads/agentx/7f3/t${at}`;
    expect(await compareAndSwapRef(repo, { ref, to: base, from: "" })).toBe(true);
    expect(await compareAndSwapRef(repo, { ref, to: next, from: base })).toBe(true);
  }
  expect(calls()).toEqual(["update-ref"]);
  const ref = "refs/heads/agentx/7f3/t0";
  expect(await compareAndSwapRef(repo, { ref, to: next, from: base })).toBe(false);
  expect(await compareAndSwapRef(repo, { ref, to: base, from: next })).toBe(true);
  const log = git(root, "reflog", "--date=unix", ref).split("\n");
  expect(log).toHaveLength(3);
  for (const line of log) {
    expect(line).toMatch(/: agentx$/);
    const at = Number(/@\{(\d+)\}/.exec(line)?.[1]);
    expect(Math.abs(Date.now() / 1000 - at)).toBeLessThan(60);
  }
  expect(existsSync(join(root, ".git/refs/heads/agentx/7f3/t0.lock"))).toBe(false);
});

test("trees are compared and listed as git does it", async () => {
  const { repo, root, base } = await openMade({
    "a.txt": "a\n",
    "becomes-folder": "f\n",
    "folder/deep/one": "1\n",
    "folder/deep/two": "2\n",
    "folder-x": "x\n",
    "mode.sh": "m\n",
    "same/inner": "s\n",
    "tofile/inner": "t\n",
  });
  git(root, "rm", "--quiet", "-r", "becomes-folder", "tofile", "folder/deep/one", "folder-x");
  write(root, { "becomes-folder/inner": "i\n", "folder.txt": "t\n", tofile: "f\n", "new/ü/\n": "odd\n" });
  git(root, "update-index", "--chmod=+x", "mode.sh");
  git(root, "update-index", "--add", "--cacheinfo", `160000,${base},module`);
  git(root, "add", "--all", ":!mode.sh", ":!module");
  git(root, "commit", "--quiet", "--message", "changed");
  const to = git(root, "rev-parse", "HEAD");
  for (const [one, other] of [
    [base, to],
    [to, base],
  ] as const) {
    const changes = await diffTrees(repo, { from: one, to: other });
    const raw = changes.map(
      ({ path, oldMode, newMode, oldId, newId }) => `:${oldMode} ${newMode} ${oldId} ${newId} ${path}`,
    );
    expect(raw).toEqual(rawDiff(root, [one, other]));
  }
  const listed = git(root, "ls-tree", "-r", "-z", "--name-only", to).split("\0");
  expect(await listFilesAt(repo, to)).toEqual(listed.filter((path) => path !== ""));
  expect(readdirSync(root)).toContain("tofile");
});

function rawDiff(root: string, range: readonly [string, string]): string[] {
  const fields = git(root, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", ...range).split(
    "\0",
  );
  return fields.flatMap((field, at) =>
    field.startsWith(":") ? [`${field.replace(/ [A-Z]$/, "")} ${fields[at + 1]}`] : [],
  );
}
