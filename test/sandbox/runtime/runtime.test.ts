import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { wrapCommandWithSandboxMacOS } from "@anthropic-ai/sandbox-runtime/dist/sandbox/macos-sandbox-utils.js";
import { describe, expect, test } from "vitest";
import { noSandboxLimits } from "../../../src/core/run-settings.ts";
import type { GitView } from "../../../src/sandbox/git-folder/git-view.ts";
import { helperLine } from "../../../src/sandbox/runtime/helper-line.ts";
import { runtimePolicy } from "../../../src/sandbox/runtime/runtime-policy.ts";
import { specFor, temporaryFolder } from "../support.ts";

const host = { home: "/Users/a", tools: ["/Users/a/.pyenv"], own: "/private/var/folders/x/agentx" };
const view = (realConfig: string): GitView => ({
  folders: ["/Users/a/p/.git/objects"],
  hidden: [],
  emptied: [],
  configPath: "/Users/a/p/.git/config",
  config: "",
  realConfig,
});
const policyOf = (
  more: Parameters<typeof specFor>[1] = {},
  git: GitView | null = null,
  egress: string | null = null,
) => runtimePolicy(specFor("/Users/a/w", more), { host, git, egress });
const profileOf = (...given: Parameters<typeof policyOf>): string =>
  wrapCommandWithSandboxMacOS({ ...policyOf(...given), command: "true", binShell: "/bin/sh" });
/** Of the rules about one operation, the paths of those that allow or deny it. */
const pathsIn = (profile: string, rule: string): string[] =>
  profile
    .split("\n(")
    .filter((part) => part.startsWith(`${rule}\n`))
    .flatMap((part) => [...part.matchAll(/\(subpath "([^"]+)"\)/g)].map((match) => match[1] ?? ""));

describe("the policy for sandbox-runtime, and the Seatbelt profile that it makes of it", () => {
  test("let nothing be written but the root, the scratch folder, HOME and what is the sandbox's own", () => {
    const profile = profileOf({ scratch: "/Users/a/s", home: "/Users/a/h" });
    expect(profile).toContain("(deny default");
    expect(pathsIn(profile, "allow file-write*").sort()).toEqual(
      ["/Users/a/w", "/Users/a/s", "/Users/a/h", host.own, "/dev/null", "/dev/zero", "/dev/tty"].sort(),
    );
    expect(pathsIn(profileOf({ writable: false }), "allow file-write*")).not.toContain("/Users/a/w");
    expect(pathsIn(profile, "deny file-write*")).toContain("/Users/a/w/.git");
  });

  test("hide people's folders, and show of them only what was named", () => {
    const profile = profileOf({ readOnly: ["/Users/a/[sdk]"] });
    expect(pathsIn(profile, "deny file-read*")).toEqual(
      expect.arrayContaining([
        "/Users",
        "/Volumes",
        "/private/tmp",
        "/private/var/folders",
        "/Library/Keychains",
      ]),
    );
    expect(pathsIn(profile, "allow file-read*").sort()).toEqual(
      ["/Users/a/w", host.own, "/Users/a/.pyenv", "/Users/a/[sdk]"].sort(),
    );
  });

  test("allow no network, and with a door only loopback and the door's socket", () => {
    expect(profileOf()).not.toMatch(/\(allow network|AF_UNIX/);
    const profile = profileOf({ door: "/Users/a/door" });
    expect(profile).toContain('(allow network-outbound (remote ip "localhost:*"))');
    expect(profile).toContain('(allow network-outbound (remote unix-socket (subpath "/Users/a/door/s")))');
    expect(profile).not.toContain("(allow network*)");
    const proxied = profileOf({}, null, "/Users/a/proxy");
    expect(proxied).toContain('(allow network-outbound (remote unix-socket (subpath "/Users/a/proxy/s")))');
    expect(proxied).not.toContain("(allow network*)");
  });

  test("show the repository's config only where it holds no login", () => {
    const readable = (config: string): string[] => pathsIn(profileOf({}, view(config)), "allow file-read*");
    expect(readable('[remote "o"]\n\turl = https://host/p\n')).toContain("/Users/a/p/.git/config");
    for (const config of [
      "url = https://canary@host/p",
      "[credential]\n\thelper = store",
      "extraHeader = x",
    ]) {
      expect(readable(config)).not.toContain("/Users/a/p/.git/config");
      expect(readable(config)).toContain("/Users/a/p/.git/objects");
    }
  });
});

test("the helper's line sets limits and leaves no variable of the outside", () => {
  using folder = temporaryFolder();
  const own = realpathSync(mkdtempSync(join(folder.path, "it's ")));
  mkdirSync(join(own, "x"));
  const limits = { ...noSandboxLimits, openFiles: 64, file: 2 ** 20 };
  const words = ["/bin/sh", "-c", 'ulimit -n; ulimit -f; echo "$TMPDIR"; env'];
  const line = helperLine(words, { env: { TMPDIR: own }, limits });
  const said = execFileSync("/bin/sh", ["-c", line], { env: { CANARY: "canary" }, encoding: "utf8" });
  expect(said.split("\n").slice(0, 3)).toEqual(["64", "2048", own]);
  expect(said).not.toContain("canary");
});
