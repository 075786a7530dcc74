import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commitTree } from "../../../src/git/objects/commit-tree.ts";
import { mergeTrees } from "../../../src/git/delivery/merge-trees.ts";
import { changeTree } from "../../../src/git/objects/change-tree.ts";
import { nearMergeBase } from "../../../src/git/objects/near-merge-base.ts";
import { writeObjects } from "../../../src/git/objects/write-objects.ts";
import { countGit } from "../count-git.ts";
import { treeOf } from "../../../src/git/objects/tree-of.ts";
import { readFileAt } from "../../../src/git/objects/read-files.ts";
import { compareAndSwapRef, deleteRef, listRefs, readRef } from "../../../src/git/refs/refs.ts";
import { commitFiles, git, makeRepository, makeTrap, setEnv, useGlobalConfig } from "../make-repository.ts";

const ref = "refs/heads/agentx/run/integration";

describe("a ref", () => {
  test("is made, moved and deleted only from where it is believed to be", async () => {
    const { repo, root, base } = await makeRepository();
    const next = commitFiles(root, { b: "b" });
    expect(await readRef(repo, ref)).toBeNull();
    expect(await compareAndSwapRef(repo, { ref, to: base, from: "" })).toBe(true);
    expect(await compareAndSwapRef(repo, { ref, to: next, from: "" })).toBe(false);
    expect(await compareAndSwapRef(repo, { ref, to: base, from: next })).toBe(false);
    expect(await compareAndSwapRef(repo, { ref, to: next, from: base })).toBe(true);
    expect(await listRefs(repo, "refs/heads/agentx/")).toEqual([{ ref, commit: next }]);
    expect(await listRefs(repo, "refs/heads/agentx/", base)).toEqual([]);
    expect(await deleteRef(repo, { ref, from: base })).toBe(false);
    expect(await deleteRef(repo, { ref, from: next })).toBe(true);
    expect(await readRef(repo, ref)).toBeNull();
  });

  test("that ten want to move at once is moved by one", async () => {
    const { repo, root, base } = await makeRepository();
    await compareAndSwapRef(repo, { ref, to: base, from: "" });
    const commits = Array.from({ length: 10 }, (_, n) => commitFiles(root, { n: String(n) }));
    const moved = await Promise.all(commits.map((to) => compareAndSwapRef(repo, { ref, to, from: base })));
    expect(moved.filter(Boolean)).toHaveLength(1);
    expect(await readRef(repo, ref)).toBe(commits[moved.indexOf(true)]);
  });

  test("whose name another branch blocks is refused with the way out", async () => {
    const { repo, root, base } = await makeRepository();
    git(root, "branch", "agentx");
    await expect(compareAndSwapRef(repo, { ref, to: base, from: "" })).rejects.toMatchObject({
      code: "BRANCH_IN_THE_WAY",
      problems: [{ hint: "git branch -m agentx <another name>" }],
    });
  });

  test("can not be pointed at what is not there", async () => {
    const { repo, base } = await makeRepository();
    const to = "1".repeat(40);
    await expect(compareAndSwapRef(repo, { ref, to, from: "" })).rejects.toMatchObject({
      code: "GIT_FAILED",
    });
    await compareAndSwapRef(repo, { ref, to: base, from: "" });
    expect(await readRef(repo, ref)).toBe(base);
  });
});

describe("a merge of two commits", () => {
  test("that fit gives their common tree", async () => {
    const { repo, root, base } = await makeRepository();
    const ours = commitFiles(root, { "ours.txt": "o" });
    git(root, "checkout", "--quiet", base);
    const theirs = commitFiles(root, { "src/a.txt": "one\ntwo\nfour\n" });
    const merged = await mergeTrees(repo, { ours, theirs });
    expect(merged.type).toBe("clean");
    expect(await readFileAt(repo, { commit: merged.tree, path: "ours.txt" })).toBe("o");
    expect(await readFileAt(repo, { commit: merged.tree, path: "src/a.txt" })).toBe("one\ntwo\nfour\n");
    expect(git(root, "status", "--porcelain")).toBe("");
  });

  test("of any few changes is git's, and no process where they are of other files", async () => {
    const { repo, root, base } = await makeRepository({ "a/b": "1\n", "a/c": "2\n", d: "3\n", e: "4\n" });
    const blobs = await writeObjects(repo, "blob", ["", "1\n", "5\n", "6\n"]);
    const start = await treeOf(repo, base);
    const to = fc.record({
      mode: fc.constantFrom("100644", "100755", "120000"),
      id: fc.constantFrom(...blobs),
    });
    const side = fc.array(
      fc.tuple(fc.constantFrom("a", "a/b", "a/c", "d", "e", "e/f", "g/h"), fc.option(to)),
      {
        maxLength: 3,
      },
    );
    const commitOf = async (
      changes: [string, { mode: string; id: string } | null][],
    ): Promise<string | null> => {
      const tree = await changeTree(repo, start, new Map(changes));
      return tree === null ? null : commitTree(repo, { tree, parents: [base], message: "m" });
    };
    const calls = countGit();
    let alone = 0;
    let ofGit = 0;
    await fc.assert(
      fc.asyncProperty(side, side, async (one, other) => {
        const [ours, theirs] = [await commitOf(one), await commitOf(other)];
        if (ours === null || theirs === null) return;
        const before = calls().filter((call) => call === "merge-tree").length;
        const merged = await mergeTrees(repo, { ours, theirs });
        if (calls().filter((call) => call === "merge-tree").length === before) alone += 1;
        else ofGit += 1;
        const expected = spawnSync("git", ["merge-tree", "--write-tree", ours, theirs], { cwd: root });
        expect(merged.type).toBe(expected.status === 0 ? "clean" : "conflict");
        if (merged.type === "clean") expect(`${merged.tree}\n`).toBe(String(expected.stdout));
      }),
      { numRuns: 40, seed: 3 },
    );
    expect(alone).toBeGreaterThan(9);
    expect(ofGit).toBeGreaterThan(2);
  });

  test("that have crossed before is left to git: there is no one commit where they parted", async () => {
    const { repo, root, base } = await makeRepository();
    const one = commitFiles(root, { x: "1\n" });
    git(root, "checkout", "--quiet", base);
    const other = commitFiles(root, { y: "1\n" });
    const tree = await treeOf(repo, git(root, "merge-tree", "--write-tree", one, other).split("\n")[0] ?? "");
    const [ours = "", theirs = ""] = await Promise.all(
      [
        [one, other],
        [other, one],
      ].map((parents) => commitTree(repo, { tree, parents, message: parents[0] ?? "" })),
    );
    expect(await nearMergeBase(repo, [ours, theirs])).toBeNull();
    expect(await nearMergeBase(repo, [one, other])).toBe(base);
    // One that has taken the other in meanwhile parts from it there.
    expect(await nearMergeBase(repo, [ours, other])).toBe(other);
    expect(await mergeTrees(repo, { ours, theirs })).toEqual({ type: "clean", tree });
  });

  test("that do not fit names the files once and puts markers in the tree", async () => {
    const { repo, root, base } = await makeRepository();
    const odd = "odd\nname";
    const ours = commitFiles(root, { "src/a.txt": "ours\n", [odd]: "ours\n" });
    git(root, "checkout", "--quiet", base);
    const theirs = commitFiles(root, { "src/a.txt": "theirs\n", [odd]: "theirs\n" });
    const merged = await mergeTrees(repo, { ours, theirs });
    expect(merged).toMatchObject({ type: "conflict", files: [odd, "src/a.txt"] });
    expect(await readFileAt(repo, { commit: merged.tree, path: "src/a.txt" })).toMatch(
      /<<<<<<<[\s\S]*>>>>>>>/,
    );
  });

  test("runs no merge driver: a file that has one conflicts", async () => {
    const { repo, root, base } = await makeRepository();
    const { program, marker } = makeTrap();
    git(root, "config", "merge.trap.driver", `${program} %A`);
    const ours = commitFiles(root, { ".gitattributes": "* merge=trap\n", "src/a.txt": "one\ntwo\n3\n" });
    git(root, "checkout", "--quiet", "-b", "side", base);
    const theirs = commitFiles(root, { ".gitattributes": "* merge=trap\n", "src/a.txt": "1\ntwo\nthree\n" });
    expect(await mergeTrees(repo, { ours, theirs })).toMatchObject({
      type: "conflict",
      files: ["src/a.txt"],
    });
    expect(existsSync(marker)).toBe(false);
  });

  test("of what is no commit is an error, not a conflict", async () => {
    const { repo, base } = await makeRepository();
    const merged = mergeTrees(repo, { ours: base, theirs: "0".repeat(40) });
    await expect(merged).rejects.toMatchObject({ code: "GIT_FAILED" });
  });
});

describe("a commit", () => {
  test("has the person's name on it, its time, and the message as it is", async () => {
    const { repo, root, base } = await makeRepository();
    const tree = await treeOf(repo, base);
    const message = "subject\n\n# not a comment\nücode\n";
    setEnv("GIT_AUTHOR_NAME", "  Sam, for Pat ");
    const commit = await commitTree(repo, { tree, parents: [base, base], message });
    expect(git(root, "log", "-1", "--format=%an <%ae> %cn <%ce>%n%B", commit)).toBe(
      `Sam, for Pat <pat@example.com> Pat <pat@example.com>\n${message}`,
    );
    const [written = "", zone] = git(root, "log", "-1", "--format=%ct %ci", commit).split(/ .* /);
    expect(Math.abs(Date.now() / 1000 - Number(written))).toBeLessThan(60);
    expect(zone).toBe(git(root, "log", "-1", "--format=%ci", base).split(" ").at(-1));
    expect(git(root, "log", "-1", "--format=%P", commit)).toBe(base);
    expect(git(root, "fsck", "--strict")).toBe(`dangling commit ${commit}`);
  });

  test("is not made of what is not there", async () => {
    const { repo, base } = await makeRepository();
    const [tree, gone] = [await treeOf(repo, base), "1".repeat(40)];
    for (const wrong of [
      { tree: gone, parents: [base] },
      { tree, parents: [gone] },
      { tree: base, parents: [] },
      { tree, parents: ["main"] },
    ])
      await expect(commitTree(repo, { ...wrong, message: "m" })).rejects.toMatchObject({
        code: "GIT_FAILED",
      });
  });

  test("needs no configured identity, and half a one counts as none", async () => {
    const { repo, root, base } = await makeRepository();
    const tree = await treeOf(repo, base);
    git(root, "config", "--unset", "user.email");
    setEnv("GIT_AUTHOR_NAME", "Half");
    const commit = await commitTree(repo, { tree, parents: [], message: "m" });
    const written = git(root, "log", "-1", "--format=%an <%ae> %cn <%ce>", commit);
    expect(written).toBe("agentx <agentx@localhost> agentx <agentx@localhost>");
  });

  test("is neither signed nor hooked nor converted, whatever the global configuration says", async () => {
    const { program, marker } = makeTrap();
    useGlobalConfig(
      `[commit]\ngpgSign = true\n[gpg]\nprogram = ${program}\n[core]\nhooksPath = ${program}\nfsmonitor = ${program}\nautocrlf = true\n[i18n]\ncommitEncoding = latin1\n`,
    );
    const { repo, base } = await makeRepositoryUnhooked();
    const commit = await commitTree(repo, {
      tree: await treeOf(repo, base),
      parents: [base],
      message: "größer",
    });
    await compareAndSwapRef(repo, { ref, to: commit, from: "" });
    expect(git(repo.root, "cat-file", "commit", commit)).toContain("größer");
    expect(existsSync(marker)).toBe(false);
  });
});

/** The set-up itself must not spring the traps that are tested. */
async function makeRepositoryUnhooked(): ReturnType<typeof makeRepository> {
  const planted = process.env["GIT_CONFIG_GLOBAL"] ?? "";
  process.env["GIT_CONFIG_GLOBAL"] = "/dev/null";
  try {
    return await makeRepository();
  } finally {
    process.env["GIT_CONFIG_GLOBAL"] = planted;
  }
}
