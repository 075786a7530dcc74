import { join } from "node:path";
import type { EscapeProbe, Targets } from "./probe.ts";
import { node, opensForWriting, quoted, readsCanary } from "./snippets.ts";

/** The person's files, the repository, and the other workers. */
export function fileProbes(targets: Targets): EscapeProbe[] {
  const { canary, secret, home, repository, otherWorktree, journal, linkToSecret, root } = targets;
  const git = join(repository, ".git");
  const read = (name: string, path: string, why: string): EscapeProbe => ({
    name: `read ${name}`,
    why,
    command: readsCanary(path, canary),
    idle: null,
  });
  const write = (name: string, paths: string[], why: string): EscapeProbe => ({
    name: `write ${name}`,
    why,
    command: opensForWriting(...paths),
    idle: null,
  });
  const make = (name: string, folder: string, known: string): EscapeProbe => ({
    name: `make a file in ${name}`,
    why: "a new file there would be run or read by somebody with more rights",
    // An empty folder in memory may stand in its place, so the real one is known by what is in it.
    command: `test -w ${quoted(folder)} && test -e ${quoted(join(folder, known))} && exit 0; exit 1`,
    idle: null,
  });
  return [
    read("a file beside the worktree", secret, "everything on the machine would be open"),
    read("it through a symbolic link in the worktree", linkToSecret, "links are the worker's to make"),
    read("an SSH key", join(home, ".ssh", "id_ed25519"), "whoever has it is the person, everywhere"),
    read("npm's token", join(home, ".npmrc"), "whoever has it publishes in the person's name"),
    read("another worker's files", join(otherWorktree, "notes"), "workers must not see each other"),
    read("the journal", journal, "it has all conversations"),
    read("a file of the main checkout", join(repository, "private"), "what is not committed was not given"),
    read("git's settings", join(git, "config"), "addresses of remotes hold tokens"),
    read("git's hooks", join(git, "hooks", "pre-commit"), "they may hold anything"),
    read("git's log", join(git, "logs", "HEAD"), "it has what others did"),
    write("a file beside the worktree", [secret], "everything on the machine could be changed"),
    write("it through a symbolic link", [linkToSecret], "links are the worker's to make"),
    write("another worker's files", [join(otherWorktree, "notes")], "one worker could speak for another"),
    write("the journal", [journal], "it is the truth about the run"),
    write("the main checkout", [join(repository, "file")], "it is the person's"),
    write(
      "node_modules of the main checkout",
      [join(repository, "node_modules", "dep", "index.js")],
      "it would run as the person",
    ),
    write("git's settings", [join(git, "config")], "a setting can name a program that git runs"),
    write("git's hooks", [join(git, "hooks", "pre-commit")], "git runs them as the person"),
    write(
      "git's refs",
      [join(git, "HEAD"), join(git, "refs", "heads", "main")],
      "branches are the dispatcher's to move",
    ),
    make("git's hooks", join(git, "hooks"), "pre-commit"),
    make("git's objects", join(git, "objects"), "pack"),
    make("git's refs", join(git, "refs", "heads"), "main"),
    make("the main checkout", repository, "file"),
    make("the person's home", home, ".npmrc"),
    {
      name: "make a hard link to a file outside",
      why: "a second name in the worktree could be written",
      command: node(`
        const own = ${JSON.stringify(join(root, "second-name"))};
        try { fs.linkSync(${JSON.stringify(secret)}, own); } catch (error) { refused(); }
        fs.unlinkSync(own); reached();`),
      idle: null,
    },
    {
      name: "rename a file out of the worktree",
      why: "it would lie where others trust what they find",
      command: node(`
        const own = ${JSON.stringify(join(root, "to-be-moved"))}, there = ${JSON.stringify(join(otherWorktree, "moved"))};
        fs.writeFileSync(own, "");
        try { fs.renameSync(own, there); fs.unlinkSync(there); } catch (error) { fs.unlinkSync(own); refused(); }
        reached();`),
      idle: null,
    },
    {
      name: "see the folders of the machine",
      why: "names alone tell who and what is here",
      command:
        node(`for (const path of ["/root", "/home", "/var/lib", "/var/log", "/boot", "/mnt", "/media", "/srv"])
        try { const names = fs.readdirSync(path).filter((name) => path + "/" + name !== process.env.HOME);
          const seen = names.filter((name) => !process.cwd().startsWith(path + "/" + name) && path !== "/root");
          if (seen.length > 0 && path !== "/home") { console.log(path, seen[0]); reached(); } } catch {}
        refused();`),
      idle: null,
    },
    {
      name: "read accounts, keys and settings in /etc",
      why: "passwords, host keys and service settings are there",
      command:
        node(`for (const name of ["shadow", "sudoers", "ssh", "machine-id", "fstab", "crontab", "environment", "profile"])
        if (fs.existsSync("/etc/" + name)) { console.log("/etc/" + name); reached(); }
        refused();`),
      idle: null,
    },
    write(
      "system folders",
      ["/usr/bin/env", "/usr/lib/os-release", "/etc/passwd", "/etc/ld.so.cache"],
      "the next program would run it",
    ),
  ].map((probe) =>
    probe.name === "write system folders" ? { ...probe, idle: "only root may without walls" } : probe,
  );
}
