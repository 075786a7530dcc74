import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cleanRun } from "../../src/git/worktrees/clean-run.ts";
import { copyIncluded } from "../../src/git/worktrees/copy-included.ts";
import { ignoreAgentxFolder } from "../../src/git/ignore-agentx-folder.ts";
import { defaultRemote, pushBranch } from "../../src/git/delivery/push.ts";
import { createWorktreePool } from "../../src/git/worktrees/worktree-pool.ts";
import { commitFiles, git, makeFolder, makeRepository, write } from "./make-repository.ts";

describe("files named by .worktreeinclude", () => {
  test("are copied when git ignores them, with their mode", async () => {
    const { repo, root, home, base } = await makeRepository();
    write(root, {
      ".git/info/exclude": ".env*\nconfig/*.local\nnode_modules\n",
      ".worktreeinclude": ".env\nconfig/*\n!config/no.local\nloose.txt\nreadme.md\n",
      ".env": "KEY=1",
      ".env.test": "not named",
      "config/yes.local": "y",
      "config/no.local": "n",
      "config/new\nline.local": "odd",
      "loose.txt": "named, but not ignored",
    });
    symlinkSync("/etc/hostname", join(root, "config", "link.local"));
    const { path } = await createWorktreePool({ repo, home }).lease({
      number: 1,
      branch: "agentx/1/a",
      commit: base,
    });
    const copied = await copyIncluded({ repo, worktree: { path } });
    expect(copied.toSorted()).toEqual([".env", "config/new\nline.local", "config/yes.local"]);
    expect(readFileSync(join(path, ".env"), "utf8")).toBe("KEY=1");
    expect(existsSync(join(path, "config", "link.local"))).toBe(false);
    expect(statSync(join(path, ".env")).mode).toBe(statSync(join(root, ".env")).mode);
  });

  test("overwrite nothing and are not written through a link", async () => {
    const { repo, root } = await makeRepository();
    write(root, {
      ".git/info/exclude": ".env\ndeep\n",
      ".worktreeinclude": ".env\ndeep/\n",
      ".env": "1",
      "deep/x": "2",
    });
    const [path, outside] = [makeFolder(), makeFolder()];
    write(path, { ".env": "theirs" });
    symlinkSync(outside, join(path, "deep"));
    expect(await copyIncluded({ repo, worktree: { path } })).toEqual([]);
    expect(readFileSync(join(path, ".env"), "utf8")).toBe("theirs");
    expect(existsSync(join(outside, "x"))).toBe(false);
  });

  test("are none where there is no such file", async () => {
    const { repo } = await makeRepository();
    expect(await copyIncluded({ repo, worktree: { path: makeFolder() } })).toEqual([]);
  });
});

describe("cleaning up after a run", () => {
  test("deletes what is merged and keeps what is not, or is in use, or is another run's", async () => {
    const { repo, root, base } = await makeRepository();
    for (const name of ["7f3/merged", "7f3/used", "7f30/other"]) git(root, "branch", `agentx/${name}`, base);
    git(root, "checkout", "--quiet", "-b", "agentx/7f3/unmerged");
    const unmerged = commitFiles(root, { u: "u" });
    git(root, "checkout", "--quiet", "main");
    git(root, "worktree", "add", "--quiet", join(root, "..", "used"), "agentx/7f3/used");
    const options = { run: "7f3", mergedInto: "main", now: (): number => 0 };
    expect(await cleanRun(repo, { ...options, keepUnmerged: true })).toEqual({
      deleted: ["agentx/7f3/merged"],
      kept: [
        { branch: "agentx/7f3/unmerged", reason: "unmerged" },
        { branch: "agentx/7f3/used", reason: "checked out" },
      ],
    });
    expect(await cleanRun(repo, { ...options, keepUnmerged: false })).toMatchObject({
      deleted: ["agentx/7f3/unmerged"],
    });
    expect(git(root, "rev-parse", "refs/agentx/rescue/agentx/7f3/unmerged-1970-01-01-000000")).toBe(unmerged);
    expect(git(root, "branch", "--list", "agentx/*", "--format=%(refname:short)")).toBe(
      "agentx/7f3/used\nagentx/7f30/other",
    );
  });
});

describe("a push", () => {
  test("goes to the remote under the branch's own name, and never by force", async () => {
    const { repo, root } = await makeRepository();
    const remote = makeFolder();
    git(remote, "init", "--quiet", "--bare");
    expect(await defaultRemote(repo)).toBeNull();
    git(root, "remote", "add", "up", remote);
    expect(await defaultRemote(repo)).toBe("up");
    await pushBranch(repo, { remote: "up", branch: "main" });
    expect(git(remote, "rev-parse", "main")).toBe(git(root, "rev-parse", "main"));
    git(root, "commit", "--quiet", "--amend", "--message", "other");
    await expect(pushBranch(repo, { remote: "up", branch: "main" })).rejects.toMatchObject({
      code: "PUSH_FAILED",
      problems: [{ where: "up/main", hint: "git push up main" }],
    });
  });

  test("prefers the configured remote, then origin", async () => {
    const { repo, root } = await makeRepository();
    for (const name of ["a", "b", "origin"]) git(root, "remote", "add", name, "/nowhere");
    expect(await defaultRemote(repo)).toBe("origin");
    git(root, "config", "branch.main.remote", "b");
    expect(await defaultRemote(repo)).toBe("b");
    git(root, "config", "remote.pushDefault", "a");
    expect(await defaultRemote(repo)).toBe("a");
  });
});

describe("the .agentx folder", () => {
  test("ignores itself, and keeps what is there", async () => {
    const { root } = await makeRepository();
    const folder = await ignoreAgentxFolder(root);
    write(folder, { "journal.db": "j" });
    expect(git(root, "status", "--porcelain")).toBe("");
    write(folder, { ".gitignore": "mine\n" });
    await ignoreAgentxFolder(root);
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("mine\n");
  });

  test("is refused where a file has its name", async () => {
    const root = makeFolder();
    writeFileSync(join(root, ".agentx"), "");
    await expect(ignoreAgentxFolder(root)).rejects.toMatchObject({ code: "FOLDER_IN_THE_WAY" });
    rmSync(join(root, ".agentx"));
    mkdirSync(join(root, ".agentx"));
    expect(await ignoreAgentxFolder(root)).toBe(join(root, ".agentx"));
  });
});
