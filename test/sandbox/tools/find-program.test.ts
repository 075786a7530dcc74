import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { findProgram, type FoundProgram } from "../../../src/sandbox/tools/find-program.ts";
import { describeSandboxed, openAt, temporaryFolder } from "../support.ts";

function executable(path: string, text = "#!/bin/sh\necho it\n"): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}
function link(target: string, path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
  return path;
}

/** A machine with a home and a repository in it. */
function machine(): { home: string; repo: string; find: typeof find } & Disposable {
  const folder = temporaryFolder();
  const home = join(folder.path, "home");
  const repo = join(home, "repo");
  mkdirSync(repo, { recursive: true });
  const find = (name: string, ...path: string[]): Promise<FoundProgram | null> =>
    findProgram(name, { path: path.join(":"), notIn: repo, home });
  return { home, repo, find, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

describe("a program", () => {
  test("is looked for in the order of the PATH, and may be missing", async () => {
    using on = machine();
    const first = executable(join(on.home, "a", "tool"));
    const second = executable(join(on.home, "b", "tool"));
    writeFileSync(join(on.home, "b", "text"), "");
    mkdirSync(join(on.home, "b", "folder"));
    const path = [join(on.home, "none"), "", "relative", dirname(first), dirname(second)];
    expect(await on.find("tool", ...path)).toEqual({ file: first, readOnly: [first] });
    for (const name of ["text", "folder", "missing", "", "./tool", "b/tool"]) {
      expect(await on.find(name, ...path)).toBeNull();
    }
    expect(await on.find(second)).toEqual({ file: second, readOnly: [second] });
    expect(await on.find("/no/such/tool")).toBeNull();
  });

  test("never comes from the repository under work, unless the person wrote down where it is", async () => {
    using on = machine();
    const bin = join(on.repo, "node_modules", ".bin");
    const planted = executable(join(bin, "tool"));
    const real = executable(join(on.home, "bin", "tool"));
    link(planted, join(on.home, "links", "tool"));
    link(bin, join(on.home, "linked-folder"));
    const path = [on.repo, bin, join(on.home, "links"), join(on.home, "linked-folder"), join(on.home, "bin")];
    expect(await on.find("tool", ...path)).toEqual({ file: real, readOnly: [real] });
    expect(await on.find("tool", ...path.slice(0, 4))).toBeNull();
    const beside = executable(join(`${on.repo}-beside`, "tool"));
    expect(await on.find("tool", dirname(beside))).toEqual({ file: beside, readOnly: [beside] });
    expect(await on.find(planted)).toEqual({ file: planted, readOnly: [join(on.repo, "node_modules")] });
  });

  test("of npm brings the outermost node_modules, where its sibling packages are", async () => {
    using on = machine();
    const modules = join(on.home, ".nvm", "v24", "lib", "node_modules");
    const script = executable(join(modules, "@openai", "codex", "node_modules", "deep", "bin", "codex.js"));
    const bin = link(script, join(on.home, ".nvm", "v24", "bin", "codex"));
    expect(await on.find("codex", dirname(bin))).toEqual({ file: script, readOnly: [modules] });
  });

  test("of a node_modules in HOME brings that and not HOME", async () => {
    using on = machine();
    const script = executable(join(on.home, "node_modules", "pi", "cli.js"));
    const bin = link("../pi/cli.js", join(on.home, "node_modules", ".bin", "pi"));
    expect(await on.find("pi", dirname(bin))).toEqual({
      file: script,
      readOnly: [join(on.home, "node_modules")],
    });
    // And a home that lies in one is not brought either.
    const inner = join(on.home, "node_modules", "home");
    const tool = executable(join(inner, "tools", "node_modules", "t", "t.js"));
    const found = await findProgram("t.js", { path: dirname(tool), notIn: on.repo, home: inner });
    expect(found?.readOnly).toEqual([join(inner, "tools", "node_modules")]);
  });

  test("of pnpm brings the script on the PATH and the packages that it starts", async () => {
    using on = machine();
    const pnpm = join(on.home, ".local", "share", "pnpm");
    const modules = join(pnpm, "global", "5", "node_modules");
    const cli = executable(join(modules, ".pnpm", "gemini@1", "node_modules", "gemini", "cli.js"));
    link(dirname(cli), join(modules, "gemini"));
    const text = `#!/bin/sh
basedir=$(dirname "$(echo "$0" | sed -e 's,\\\\,/,g')")
exec node "$basedir/global/5/node_modules/gemini/cli.js" "$@"
`;
    const shim = executable(join(pnpm, "gemini"), text);
    expect(await on.find("gemini", pnpm)).toEqual({ file: shim, readOnly: [shim, modules].sort() });
  });

  test("of its own installer brings one file", async () => {
    using on = machine();
    const version = executable(join(on.home, ".local", "share", "claude", "versions", "2.1.330"));
    const bin = link(version, join(on.home, ".local", "bin", "claude"));
    expect(await on.find("claude", dirname(bin))).toEqual({ file: version, readOnly: [version] });
  });

  test("of a version manager keeps the name that it is called by", async () => {
    using on = machine();
    const shim = executable(join(on.home, ".volta", "bin", "volta-shim"));
    const bin = link(shim, join(on.home, ".volta", "bin", "codex"));
    expect(await on.find("codex", dirname(bin))).toEqual({ file: bin, readOnly: [join(on.home, ".volta")] });
  });

  test("of the system brings nothing", async () => {
    using on = machine();
    expect(await on.find("env", "/usr/bin")).toEqual({ file: "/usr/bin/env", readOnly: [] });
    const bin = link("/usr/bin/env", join(on.home, "bin", "env"));
    expect(await on.find("env", dirname(bin))).toEqual({ file: "/usr/bin/env", readOnly: [] });
  });
});

describeSandboxed("a program that was found", () => {
  test("runs inside, with its siblings, its links and the Node of the PATH", async () => {
    using on = machine();
    const modules = join(on.home, "prefix", "lib", "node_modules");
    executable(join(modules, "sibling", "index.js"), "module.exports = 'sibling';");
    const cli = executable(
      join(modules, ".pnpm", "tool@1", "node_modules", "tool", "cli.js"),
      "#!/usr/bin/env node\nconsole.log(require('sibling'), process.argv[2]);\n",
    );
    link(dirname(cli), join(modules, "tool"));
    link(join(modules, "sibling"), join(modules, ".pnpm", "tool@1", "node_modules", "sibling"));
    const bin = link(join(modules, "tool", "cli.js"), join(on.home, "prefix", "bin", "tool"));
    const found = await on.find("tool", dirname(bin));
    await using sandbox = await openAt(on.repo, { readOnly: found?.readOnly ?? [] });
    let said = "";
    const spawned = sandbox.spawn({
      file: found?.file ?? "",
      args: ["word"],
      env: {},
      onStdout: (text) => void (said += text),
      onStderr: (text) => void (said += text),
    });
    expect(await spawned.ended).toEqual({ type: "exited", exitCode: 0 });
    expect(said).toBe("sibling word\n");
  });
});
