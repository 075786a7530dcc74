import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readToolchain } from "../../../src/sandbox/tools/toolchain.ts";
import { temporaryFolder } from "../support.ts";

function executable(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  chmodSync(path, 0o755);
  return path;
}

function chain(home: string, entries: string[], ownNodeFirst = false): ReturnType<typeof readToolchain> {
  const execPath = executable(join(home, "..", "running", "bin", "node"));
  return readToolchain({ path: entries.join(":"), home, execPath, ownNodeFirst });
}

describe("the toolchain", () => {
  test("leaves out what is missing, relative, the home itself, and the project's own bin folders", () => {
    using folder = temporaryFolder();
    const home = join(folder.path, "home");
    const local = dirname(executable(join(folder.path, "p", "node_modules", ".bin", "git")));
    mkdirSync(home);
    const { path, readOnly } = chain(
      home,
      ["/usr/bin", "", ".", "bin", "/no/such", local, home, folder.path, "/"],
      true,
    );
    expect(path).toBe(`${join(folder.path, "running", "bin")}:/usr/bin`);
    expect(readOnly).toEqual([join(folder.path, "running", "bin", "node")]);
  });

  test("shows a Node prefix without its etc", () => {
    using folder = temporaryFolder();
    const home = join(folder.path, "home");
    const prefix = join(home, ".nvm", "versions", "node", "v24");
    executable(join(prefix, "bin", "node"));
    const cli = executable(join(prefix, "lib", "node_modules", "npm", "bin", "npm-cli.js"));
    symlinkSync(cli, join(prefix, "bin", "npm"));
    executable(join(prefix, "etc", "npmrc"));
    const { path, readOnly } = chain(home, [join(prefix, "bin"), "/usr/bin"]);
    expect(path).toBe(`${join(prefix, "bin")}:/usr/bin`);
    expect(readOnly).toEqual([join(prefix, "bin"), join(prefix, "lib", "node_modules")]);
  });

  test("shows cargo's programs and not its credentials", () => {
    using folder = temporaryFolder();
    const home = join(folder.path, "home");
    executable(join(home, ".cargo", "bin", "cargo"));
    executable(join(home, ".cargo", "credentials.toml"));
    mkdirSync(join(home, ".rustup"));
    const { readOnly, env } = chain(home, [join(home, ".cargo", "bin")]);
    expect(readOnly).toEqual(
      [
        join(home, ".cargo", "bin"),
        join(home, ".rustup"),
        join(folder.path, "running", "bin", "node"),
      ].sort(),
    );
    expect(env).toEqual({ RUSTUP_HOME: join(home, ".rustup") });
  });

  test("follows links to the tool's own environment, and the folder's own links", () => {
    using folder = temporaryFolder();
    const home = join(folder.path, "home");
    const tool = executable(join(home, ".local", "share", "uv", "tools", "ruff", "bin", "ruff"));
    const single = executable(join(home, ".local", "share", "claude", "versions", "2.0"));
    mkdirSync(join(home, ".local", "bin"));
    symlinkSync(tool, join(home, ".local", "bin", "ruff"));
    symlinkSync(single, join(home, ".local", "bin", "claude"));
    symlinkSync(home, join(home, ".local", "bin", "home"));
    const version = dirname(executable(join(home, ".local", "share", "fnm", "v24", "bin", "node")));
    symlinkSync(version, join(folder.path, "multishell"));
    const { path, readOnly } = chain(home, [join(home, ".local", "bin"), join(folder.path, "multishell")]);
    expect(path).toBe(`${join(home, ".local", "bin")}:${version}`);
    expect(readOnly).toEqual(
      [
        join(home, ".local", "bin"),
        single,
        version,
        join(home, ".local", "share", "uv", "tools", "ruff"),
      ].sort(),
    );
  });

  test("shows pyenv whole", () => {
    using folder = temporaryFolder();
    const home = join(folder.path, "home");
    executable(join(home, ".pyenv", "shims", "python3"));
    const { readOnly, env } = chain(home, ["/usr/bin", join(home, ".pyenv", "shims")]);
    expect(readOnly).toContain(join(home, ".pyenv"));
    expect(env).toEqual({ PYENV_ROOT: join(home, ".pyenv") });
  });
});
