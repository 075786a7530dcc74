import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { noSandboxLimits, platformsSandbox } from "../../src/core/run-settings.ts";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";
import { probeBubblewrap } from "../../src/sandbox/bubblewrap/probe-bubblewrap.ts";
import { probeSandbox } from "../../src/sandbox/probe.ts";
import { describeSandboxed, temporaryFolder } from "./support.ts";

describe("finding a sandbox", () => {
  test("refuses where there is none, and names the way out", async () => {
    const options = { env: { PATH: "/usr/bin" }, unsafeNoSandbox: false, platform: "darwin" as const };
    await expect(findSandbox(options)).rejects.toMatchObject({
      code: "SANDBOX_MISSING",
      message: expect.stringMatching(/sandbox-exec is not there[\s\S]*--unsafe-no-sandbox/),
    });
    expect(await findSandbox({ ...options, unsafeNoSandbox: true })).toMatchObject({ isolates: false });
  });

  test.each([
    [{ use: null, image: null }, "win32", /no sandbox for win32/],
    [{ use: "bubblewrap", image: null }, "darwin", /bubblewrap is for Linux/],
    [{ use: "sandbox-runtime", image: null }, "linux", /sandbox-runtime is for macOS/],
    [{ use: "docker", image: null }, "linux", /sandbox\.image names no image/],
    [{ use: "podman", image: "x" }, "darwin", /podman is not on the PATH/],
  ] as const)(
    "takes nothing else where what was chosen cannot be had: %j on %s",
    async (choice, platform, why) => {
      const options = { env: { PATH: "/nowhere" }, unsafeNoSandbox: false, platform, choice };
      await expect(findSandbox(options)).rejects.toMatchObject({
        code: "SANDBOX_MISSING",
        message: expect.stringMatching(why),
      });
    },
  );

  test("says how to install a missing bubblewrap", async () => {
    expect(await probeBubblewrap(null)).toMatchObject({
      type: "missing",
      hint: expect.stringMatching(/apt-get install bubblewrap.*dnf install bubblewrap/),
    });
  });

  test.each([
    ["setting up uid map: Permission denied", /AppArmor[\s\S]*unprivileged_userns_clone/],
    ["Can't mount proc on /newroot/proc: Operation not permitted", /container/],
  ])("shows why an installed one does not work: %s", async (message, hint) => {
    using folder = temporaryFolder();
    const file = join(folder.path, "bwrap");
    writeFileSync(
      file,
      `#!/bin/sh\n[ "$1" = --version ] && { echo bubblewrap 0.4.0; exit; }\necho "bwrap: ${message}" >&2; exit 1\n`,
    );
    chmodSync(file, 0o755);
    const probe = await probeBubblewrap(file);
    expect(probe).toMatchObject({ type: "broken", version: "0.4.0", reason: `bwrap: ${message}` });
    expect(probe).toMatchObject({ hint: expect.stringMatching(hint) });
  });
});

describeSandboxed("the probe of this machine", () => {
  test("opens a real sandbox", async () => {
    expect(
      await probeSandbox({ env: {}, platform: "linux", choice: platformsSandbox, limits: noSandboxLimits }),
    ).toMatchObject({
      type: "works",
      name: "bubblewrap",
    });
  });
});
