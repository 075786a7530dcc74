import { describe, expect, test } from "vitest";
import { noSandboxLimits } from "../../../src/core/run-settings.ts";
import {
  containerArgs,
  type ContainerHost,
  type ContainerSurroundings,
  madeUpFiles,
} from "../../../src/sandbox/container/container-args.ts";
import { engineEnv } from "../../../src/sandbox/container/engine.ts";
import { identityFor } from "../../../src/sandbox/container/identity.ts";
import { leftoversIn } from "../../../src/sandbox/container/leftovers.ts";
import { tightened } from "../../../src/sandbox/container/seccomp-profile.ts";
import type { GitView } from "../../../src/sandbox/git-folder/git-view.ts";
import { specFor } from "../support.ts";

const host: ContainerHost = {
  engine: "docker",
  image: "node:24",
  identity: { uid: 1234, gid: 99, flags: [] },
  node: "/opt/node",
  helperFolder: "/lib/agentx",
  isSelinux: false,
  hard: { data: Infinity, nproc: 500, fsize: Infinity, nofile: 1_000 },
  seccomp: null,
};
const around: ContainerSurroundings = {
  host,
  name: "agentx-1-ab",
  machine: "here",
  git: null,
  egress: null,
  texts: "/tmp/t",
  limits: noSandboxLimits,
  folderBytes: { large: 200, small: 50 },
};
const argsOf = (
  more: Parameters<typeof specFor>[1] = {},
  about: Partial<Omit<ContainerSurroundings, "host">> & { host?: Partial<ContainerHost> } = {},
): string =>
  containerArgs(specFor("/w/root", more), { ...around, ...about, host: { ...host, ...about.host } }).join(
    " ",
  );

describe("a container's command line", () => {
  test("holds every wall", () => {
    const args = argsOf();
    for (const wall of [
      "run --rm ",
      "--network none",
      "--user 1234:99",
      "--cap-drop ALL --security-opt no-new-privileges",
      "--read-only",
      "--pull never",
      "--log-driver none",
      "--ipc private",
      "--ulimit core=0:0",
      "--env HTTPS_PROXY= --env https_proxy=",
      "--entrypoint /bin/sh node:24 -c",
    ])
      expect(args).toContain(wall);
    expect(args).not.toMatch(/privileged|--device|docker\.sock|--volume|--publish/);
    // Of the host, only the root may be written.
    const writable = [...args.matchAll(/--mount (\S+)/g)].filter((match) => !match[1]?.endsWith("readonly"));
    expect(writable.map((match) => match[1])).toEqual(["type=bind,source=/w/root,target=/w/root"]);
  });

  test("has a proxy's socket instead of a network, and the root for writing only where it may be written", () => {
    const args = argsOf({}, { egress: "/tmp/proxy" });
    expect(args).toContain("--network none");
    expect(args).toContain("--mount type=bind,source=/tmp/proxy,target=/run/agentx/egress,readonly");
    expect(argsOf({ writable: false })).toContain("source=/w/root,target=/w/root,readonly");
  });

  test("has limits, never more than this process may have", () => {
    const limits = { ...noSandboxLimits, memory: 4096, processes: 7, file: 10, openFiles: 4_000 };
    expect(argsOf({}, { limits })).toContain(
      "--pids-limit 7 --memory 4096 --memory-swap 4096 --ulimit fsize=10:10 --ulimit nofile=1000:1000 --ulimit nproc=500:500",
    );
    expect(argsOf()).not.toMatch(/--pids-limit|--memory|fsize/);
  });

  test("mounts parents first, and paths with a comma as one field", () => {
    const args = argsOf({
      scratch: "/w/root/s",
      readOnly: ['/w/a,"b'],
      door: "/state/door",
      home: "/state/home",
    });
    const order = ["target=/w/root ", 'target=/w/a,""b"', "target=/w/root/s "].map((part) =>
      args.indexOf(part),
    );
    expect(order).not.toContain(-1);
    expect(args.indexOf("target=/w/root ")).toBeLessThan(args.indexOf("target=/w/root/s "));
    expect(args).toContain('"source=/w/a,""b"');
    expect(args).toContain("type=bind,source=/state/door,target=/run/agentx/door,readonly");
    expect(args).toContain("type=bind,source=/state/home,target=/home/agent ");
  });

  test("shows git without what names people and remotes", () => {
    const git: GitView = {
      folders: ["/r/.git/objects"],
      hidden: ["/r/.git"],
      emptied: ["/r/.git/worktrees/w/FETCH_HEAD"],
      configPath: "/r/.git/config",
      config: "[core]\n",
      realConfig: "https://canary@host",
    };
    const args = argsOf({}, { git });
    expect(args).toContain("--tmpfs /r/.git:ro,");
    expect(args).toContain("source=/dev/null,target=/r/.git/worktrees/w/FETCH_HEAD,readonly");
    expect(args).toContain("source=/tmp/t/git-config,target=/r/.git/config,readonly");
    expect(Object.values(madeUpFiles(host, git)).join()).not.toContain("canary");
  });

  test("runs the image's Node where this one does not run there", () => {
    expect(argsOf()).toContain("source=/opt/node,target=/run/agentx/node,readonly");
    const args = argsOf({}, { host: { node: null } });
    expect(args).not.toContain("/opt/node");
    expect(args).toMatch(
      / node --max-old-space-size=\S+ --max-semi-space-size=\S+ \/run\/agentx\/sandbox\/helper\.ts$/,
    );
  });

  test("takes SELinux's labels and podman's seccomp profile into account", () => {
    expect(argsOf()).not.toMatch(/label=|seccomp=|notmpcopyup/);
    const args = argsOf({}, { host: { isSelinux: true, seccomp: "{}", engine: "podman" } });
    expect(args).toContain("--security-opt label=disable");
    expect(args).toContain("--security-opt seccomp=/tmp/t/seccomp.json");
    expect(args).toContain("--tmpfs /tmp:rw,exec,nosuid,nodev,mode=1777,notmpcopyup,size=200");
  });
});

describe("who the code inside is", () => {
  const caller = { isRootless: false, uid: 1000, gid: 100 };
  test.each([
    ["podman", { ...caller, isRootless: true }, { uid: 1000, gid: 100, flags: ["--userns", "keep-id"] }],
    ["podman", { ...caller, uid: 0, gid: 0 }, { uid: 1000, gid: 1000 }],
    ["docker", caller, { uid: 1000, gid: 100, flags: [] }],
    ["docker", { ...caller, isRootless: true }, { uid: 0, gid: 0 }],
    ["docker", { ...caller, uid: 0, gid: 0 }, { reason: expect.stringContaining("root inside") }],
  ] as const)("%s, %j", (engine, given, expected) => {
    expect(identityFor({ engine, ...given })).toMatchObject(expected);
  });

  test("maps root's own number to nobody's", () => {
    const identity = identityFor({ engine: "podman", isRootless: false, uid: 0, gid: 0 });
    expect("flags" in identity && identity.flags.slice(0, 4)).toEqual([
      "--uidmap",
      "0:100000:1000",
      "--uidmap",
      "1000:0:1",
    ]);
  });
});

test("an engine gets what it needs to be reached, and no secret", () => {
  const env = {
    PATH: "/bin",
    DOCKER_HOST: "unix:///x",
    HTTPS_PROXY: "http://a:b@c",
    ANTHROPIC_API_KEY: "k",
    EMPTY: undefined,
  };
  expect(engineEnv(env)).toEqual({ PATH: "/bin", DOCKER_HOST: "unix:///x" });
});

test("leftovers are those whose agentx is gone, and nobody else's", () => {
  const listing = "agentx-1-ab\nagentx-2-cd\nagentx-web-1\ndatabase\n\n";
  expect(leftoversIn(listing, (pid) => pid === 1)).toEqual(["agentx-2-cd"]);
});

test("podman's profile loses the calls that make namespaces, and keeps the others", () => {
  const profile = {
    defaultAction: "SCMP_ACT_ERRNO",
    syscalls: [
      { names: ["read", "unshare", "clone", "clone3"], action: "SCMP_ACT_ALLOW" },
      { names: ["mount"], action: "SCMP_ACT_ALLOW" },
      { names: ["setns"], action: "SCMP_ACT_ERRNO" },
    ],
  };
  const { syscalls, defaultAction } = JSON.parse(tightened(JSON.stringify(profile)) ?? "");
  expect(defaultAction).toBe("SCMP_ACT_ERRNO");
  expect(syscalls).toEqual([
    { names: ["read"], action: "SCMP_ACT_ALLOW" },
    { names: ["setns"], action: "SCMP_ACT_ERRNO" },
    expect.objectContaining({
      names: ["clone"],
      args: [expect.objectContaining({ op: "SCMP_CMP_MASKED_EQ" })],
    }),
    { names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38 },
  ]);
  expect(tightened("no json")).toBeNull();
});
