import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findWorktree, minimalConfig } from "../../src/sandbox/git-folder/git-view.ts";
import { KnownRefs } from "../../src/sandbox/git-folder/known-refs.ts";
import { makePrivateGit } from "../../src/sandbox/git-folder/private-git.ts";
import { describeSandboxed, openAt, outputOf, run, worktree } from "./support.ts";

const canary = "ghp_canary77";

function repository(folder: string, checkout: string): string {
  const git = (...args: string[]): void => {
    const who = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
    execFileSync("git", ["-C", folder, ...who, ...args], { stdio: "pipe" });
  };
  git("init", "-q", "-b", "main");
  writeFileSync(join(folder, "file"), "one\n");
  git("add", ".");
  git("commit", "-q", "-m", "first");
  git("remote", "add", "origin", `https://x:${canary}@example.com/a.git`);
  writeFileSync(join(folder, ".git", "FETCH_HEAD"), `branch of https://x:${canary}@example.com/a\n`);
  writeFileSync(join(folder, ".git", "hooks", "pre-commit"), `#!/bin/sh\n# ${canary}\n`);
  git("worktree", "add", "-q", "--no-track", "-b", "work", checkout);
  git("worktree", "add", "-q", "-b", "other", `${folder}-other`);
  writeFileSync(join(folder, ".git", "worktrees", "checkout", "logs", "HEAD"), `${canary}\n`);
  return join(folder, ".git");
}

describeSandboxed("git inside", () => {
  test("reads the history and shows no token", async () => {
    using place = worktree();
    const main = join(place.outside, "main");
    mkdirSync(main);
    const checkout = join(place.root, "checkout");
    const gitCommonDir = repository(main, checkout);
    await using sandbox = await openAt(checkout, { gitCommonDir });
    await sandbox.writeFile("file", "two\n");
    expect(await outputOf(sandbox, "git log --format=%s")).toBe("first");
    expect(await outputOf(sandbox, "git status --porcelain; git rev-parse --abbrev-ref HEAD")).toBe(
      "M file\nwork".replace("M", " M"),
    );
    expect(await outputOf(sandbox, "git diff")).toContain("+two");
    expect(await outputOf(sandbox, "git config --list; git remote -v")).not.toContain("example.com");
    expect(
      await outputOf(sandbox, `grep -r ${canary} ${gitCommonDir} ; ls ${join(gitCommonDir, "worktrees")}`),
    ).toBe("checkout");
    for (const command of [
      "git commit -qam x",
      "git branch new",
      `touch ${join(gitCommonDir, "config")}`,
      `touch ${join(gitCommonDir, "x")}`,
    ]) {
      expect(await run(sandbox, command)).not.toMatchObject({ exitCode: 0 });
    }
    // The probe itself can find it: outside, the token is there.
    expect(execFileSync("grep", ["-rlc", canary, gitCommonDir]).toString()).toContain("config");
  });

  test("sees a repository that is the root itself, masked too", async () => {
    using place = worktree();
    const checkout = join(place.outside, "checkout");
    const gitCommonDir = repository(place.root, checkout);
    await using sandbox = await openAt(place.root, { gitCommonDir });
    expect(await outputOf(sandbox, "git log --format=%s; grep -r canary77 .git; true")).toBe("first");
  });

  test("keeps of the config only settings without names", () => {
    const config = `[core]\n\trepositoryformatversion = 1\n\tfsmonitor = /bin/evil\n\tsshCommand = x\n[extensions]\n\tobjectFormat = sha256\n\tworktreeConfig = true\n[remote "o"]\n\turl = https://t@h\n\tautocrlf = x\n`;
    expect(minimalConfig(config)).toBe(
      "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectFormat = sha256\n[core]\n\tbare = false\n",
    );
  });
});

describeSandboxed("a git folder of the worker's own", () => {
  const open = (place: ReturnType<typeof worktree>) => {
    const main = join(place.outside, "main");
    const gitScratch = join(place.outside, "git");
    mkdirSync(main);
    mkdirSync(gitScratch);
    const checkout = join(place.root, "checkout");
    const gitCommonDir = repository(main, checkout);
    return { gitCommonDir, checkout, sandbox: openAt(checkout, { gitCommonDir, gitScratch }) };
  };
  const everything = (folder: string): string =>
    execFileSync("sh", ["-c", `find ${folder} -type f | sort | xargs sha256sum`]).toString();

  test("takes commits, branches, stashes and resets, and moves nothing of the repository's", async () => {
    using place = worktree();
    const { gitCommonDir, sandbox: opening } = open(place);
    const before = everything(gitCommonDir);
    await using sandbox = await opening;
    expect(await outputOf(sandbox, "git status --porcelain; git rev-parse --abbrev-ref HEAD")).toBe("work");
    const commands = [
      "echo two > file && git commit -qam second && git log --format=%s",
      "echo x > stashed && git stash -qu && git stash list | wc -l",
      "git switch -qc idea main && git branch -f main idea && git tag v1 && git branch -D other",
      "git reset -q --hard work && git log -1 --format=%s",
      "git gc -q && git fsck 2>&1 | grep -v 'dangling\\|notice'",
      "git update-ref refs/heads/main HEAD && rm -rf .git-x && git rev-parse main",
    ];
    const said: string[] = [];
    for (const command of commands) {
      const ran = await run(sandbox, command);
      said.push(ran.output.trim());
      if (!command.includes("fsck")) expect(ran, command).toMatchObject({ exitCode: 0 });
    }
    expect(said.slice(0, 2)).toEqual(["second\nfirst", "1"]);
    expect(said[3]).toBe("second");
    expect(said[4]).toBe("");
    expect(everything(gitCommonDir)).toBe(before);
  });

  test("cannot reach the repository's objects but to read them, nor its token, hooks and other worktrees", async () => {
    using place = worktree();
    const { gitCommonDir, sandbox: opening } = open(place);
    await using sandbox = await opening;
    expect(await outputOf(sandbox, "cat .git/../.git; git config --list; git remote -v")).not.toContain(
      "example.com",
    );
    expect(
      await outputOf(sandbox, `grep -rl ${canary} ${gitCommonDir} /run/agentx; ls ${gitCommonDir}/worktrees`),
    ).toBe("checkout");
    const objects = await outputOf(sandbox, "cat $(git rev-parse --git-common-dir)/objects/info/alternates");
    for (const command of [`touch ${objects}/x`, `rm -rf ${objects}/*`, `chmod 700 ${objects}`])
      expect(await run(sandbox, command), command).not.toMatchObject({ exitCode: 0 });
    expect(await outputOf(sandbox, "git log --format=%s")).toBe("first");
  });

  test("is made while other branches come, move and go", async () => {
    using place = worktree();
    const main = join(place.outside, "main");
    mkdirSync(main);
    const checkout = join(place.root, "checkout");
    const common = repository(main, checkout);
    const entry = (await findWorktree(common, checkout)) ?? "";
    const known = new KnownRefs();
    const script = `i=0; while :; do i=$((i+1)); git branch -f busy/a/b-$i main; git branch -qD busy/a/b-$i; done`;
    const busy = spawn("sh", ["-c", script], { cwd: main, stdio: "ignore", detached: true });
    try {
      for (let round = 0; round < 150; round += 1) {
        const folder = join(place.outside, `git-${round}`);
        mkdirSync(folder);
        const made = await makePrivateGit(common, { worktree: entry, folder, refs: known });
        expect(made?.common).toBe(common);
        if (round % 5 !== 0) continue;
        const refs = execFileSync("git", ["--git-dir", folder, "for-each-ref", "--format=%(refname)"], {
          env: { ...process.env, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(common, "objects") },
        });
        expect(refs.toString()).toContain("refs/heads/work");
      }
    } finally {
      const gone = once(busy, "exit");
      process.kill(-(busy.pid ?? 0), "SIGKILL");
      await gone;
    }
  });

  test("hooks and settings that a worker plants there are nobody else's", async () => {
    using place = worktree();
    const { gitCommonDir, checkout, sandbox: opening } = open(place);
    await using sandbox = await opening;
    const marker = join(place.outside, "ran");
    await run(
      sandbox,
      `d=$(git rev-parse --git-common-dir); mkdir -p $d/hooks; printf '#!/bin/sh\ntouch ${marker}\n' > $d/hooks/post-checkout; chmod +x $d/hooks/post-checkout; git config core.fsmonitor "touch ${marker}"`,
    );
    execFileSync("git", ["-C", checkout, "status", "--porcelain"]);
    execFileSync("git", ["--git-dir", gitCommonDir, "log", "-1"]);
    expect(() => execFileSync("ls", [marker], { stdio: "pipe" })).toThrow("No such file");
  });
});
