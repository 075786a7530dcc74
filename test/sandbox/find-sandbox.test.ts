import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findSandbox } from "../../src/sandbox/find-sandbox.ts";
import { probeBubblewrap, probeSandbox } from "../../src/sandbox/probe.ts";
import { describeSandboxed, temporaryFolder } from "./support.ts";

describe("finding a sandbox", () => {
  test("refuses where there is none, and names the way out", async () => {
    const options = { env: { PATH: "/usr/bin" }, unsafeNoSandbox: false, platform: "darwin" as const };
    await expect(findSandbox(options)).rejects.toMatchObject({
      code: "SANDBOX_MISSING",
      message: expect.stringMatching(/sandbox-runtime[\s\S]*--unsafe-no-sandbox/),
    });
    expect(await findSandbox({ ...options, unsafeNoSandbox: true })).toMatchObject({ isolates: false });
  });

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
    expect(await probeSandbox({ path: "", platform: "linux" })).toMatchObject({
      type: "works",
      name: "bubblewrap",
    });
  });
});
