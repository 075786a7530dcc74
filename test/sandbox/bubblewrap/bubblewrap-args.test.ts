import { describe, expect, test } from "vitest";
import { bubblewrapArgs, type SandboxHost } from "../../../src/sandbox/bubblewrap/bubblewrap-args.ts";
import { specFor } from "../support.ts";

const host: SandboxHost = {
  uid: 0,
  gid: 0,
  canDisableUserns: true,
  systemFolders: ["/usr"],
  systemLinks: [{ path: "/bin", target: "usr/bin" }],
  etc: ["/etc/localtime"],
  stagedEtc: null,
  masked: [],
  tools: ["/home/a/.pyenv"],
  node: "/opt/node",
  helperFolder: "/lib/agentx",
  seccomp: null,
};
const argsOf = (more: Parameters<typeof specFor>[1], about: Partial<SandboxHost> = {}): string =>
  bubblewrapArgs(specFor("/tmp/w/root", more), {
    host: { ...host, ...about },
    starts: { type: "helper", code: { folder: "/tmp/code", writable: false } },
    git: null,
    egress: null,
    firstFd: 4,
    limits: { rlimits: [], folderBytes: null },
  }).args.join(" ");

describe("bubblewrap's arguments", () => {
  test("hold every wall", () => {
    const args = argsOf({});
    for (const wall of [
      "--unshare-all",
      "--die-with-parent",
      "--new-session",
      "--cap-drop ALL",
      "--uid 1000",
      "--disable-userns",
    ]) {
      expect(args).toContain(wall);
    }
    expect(args).toContain("--proc /proc --ro-bind /proc/sys /proc/sys --dev /dev");
    expect(args).not.toContain("--share-net");
    // Of the helper alone: commands get what the helper gives them.
    expect(args.match(/--setenv \S+ \S+/g)).toEqual(["--setenv NODE_COMPILE_CACHE /run/agentx/code"]);
    expect(args).not.toMatch(/--bind (?!\/tmp\/w\/root )/);
  });

  test("are the same around a resident shell and around the helper that it becomes", () => {
    const code = { folder: "/tmp/code", writable: false };
    const surroundings = {
      host,
      git: null,
      egress: null,
      firstFd: 4,
      limits: { rlimits: [], folderBytes: null },
    };
    const [helper, resident] = (["helper", "resident"] as const).map((type) =>
      bubblewrapArgs(specFor("/tmp/w/root"), { ...surroundings, starts: { type, code, env: { A: "b" } } }),
    );
    const walls = (args = ""): string => args.replaceAll(/--setenv \S+ \S+ /g, "");
    expect(walls(resident?.args.join(" "))).toBe(walls(helper?.args.join(" ")));
    expect(resident?.args.join(" ").match(/--setenv \S+ \S+/g)).toEqual(["--setenv A b"]);
    expect(resident?.program.at(-1)).toContain(
      `'NODE_COMPILE_CACHE=/run/agentx/code' ${helper?.program.map((word) => `'${word}'`).join(" ")}`,
    );
  });

  test("keep an ordinary caller's numbers, and leave out what an old bubblewrap does not know", () => {
    const args = argsOf({}, { uid: 1234, gid: 99, canDisableUserns: false });
    expect(args).toContain("--uid 1234 --gid 99");
    expect(args).not.toContain("userns");
  });

  test("mount parents before what lies in them, whatever order they come in", () => {
    const args = argsOf({ readOnly: ["/tmp/w/root/deps", "/tmp/w"], scratch: "/tmp/w/root/s/t" });
    const order = [
      "--tmpfs /tmp ",
      "--ro-bind /tmp/w /tmp/w ",
      "--bind /tmp/w/root ",
      "--ro-bind /tmp/w/root/deps ",
      "--bind /tmp/w/root/s/t ",
    ];
    const places = order.map((mount) => args.indexOf(mount));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test("bind the root for reading only unless it may be written", () => {
    expect(argsOf({ writable: false })).toContain("--ro-bind /tmp/w/root /tmp/w/root");
    expect(argsOf({ writable: false })).not.toContain("--bind /tmp/w/root ".replace("--", " --"));
  });

  test("have one folder for /etc where there is one, unless something of another is mounted in it", () => {
    const staged = argsOf({}, { stagedEtc: "/tmp/staged/etc" });
    expect(staged).toContain("--ro-bind /tmp/staged/etc /etc");
    expect(staged).not.toContain(" /etc/");
    const more = argsOf({ readOnly: ["/etc/other"] }, { stagedEtc: "/tmp/staged/etc" });
    expect(more).not.toContain("/tmp/staged");
    for (const path of ["/etc/localtime", "/etc/passwd", "/etc/other"]) expect(more).toContain(` ${path}`);
  });

  test("bind a HOME for writing and a door for reading, at places of their own", () => {
    const args = argsOf({ home: "/state/home", door: "/state/door" });
    expect(args).toContain("--bind /state/home /home/agent");
    expect(args).toContain("--ro-bind /state/door /run/agentx/door");
    expect(args).not.toContain("--tmpfs /home/agent");
    expect(argsOf({ home: null, door: null })).not.toContain("door");
  });
});
