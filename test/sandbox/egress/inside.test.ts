import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { describeSandboxed, outputOf, run, specFor, walled, worktree } from "../support.ts";
import { egressFor, serve } from "./support.ts";

/** The Node of the helper: an older one on the PATH knows nothing of proxies. */
const nodeHere = '"/proc/$PPID/exe"';
const fetched = (url: string): string =>
  `${nodeHere} -e 'fetch("${url}").then((r) => r.text()).then(console.log, () => process.exit(7))'`;

describeSandboxed("a sandbox with a way out", () => {
  test("reaches the list by its proxy, its own loopback without it, and nothing else", async () => {
    await using listed = await serve((_, response) => response.end("listed"));
    await using decoy = await serve((_, response) => response.end("decoy"));
    using place = worktree();
    const network = egressFor([`127.0.0.1:${listed.port}`]);
    const sandbox = await (
      await walled()
    ).open(specFor(place.root, { network, env: { HTTP_PROXY: "http://other" } }));
    const [yes, no] = [`http://127.0.0.1:${listed.port}/`, `http://127.0.0.1:${decoy.port}/`];

    expect(await outputOf(sandbox, `curl -s ${yes}`)).toBe("listed");
    expect(await outputOf(sandbox, fetched(yes))).toBe("listed");
    expect(await outputOf(sandbox, `curl -sp ${yes}`), "by a tunnel").toBe("listed");
    expect(listed.hits()).toBe(3);
    const refused = await run(sandbox, `curl -sf ${no}`);
    expect(refused).toMatchObject({ type: "exited", exitCode: 22 });
    expect(refused.output).toBe(
      `agentx: 127.0.0.1:${decoy.port} is closed to this sandbox: it is not in the list. To allow it, add "127.0.0.1:${decoy.port}" to the list gates.test.network in agentx.yaml\n`,
    );
    for (const around of [
      `curl -s --noproxy '*' ${yes}`,
      `env -i curl -s ${yes}`,
      `curl -s --noproxy '*' ${no}`,
    ])
      expect(await run(sandbox, around)).toMatchObject({ exitCode: 7 });
    expect(listed.hits() + decoy.hits()).toBe(3);
    const own = `${nodeHere} -e 'require("http").createServer((_, r) => r.end("own")).listen(0, function () { fetch("http://localhost:" + this.address().port).then((r) => r.text()).then(console.log).then(() => process.exit()) })'`;
    expect(await outputOf(sandbox, own)).toBe("own");
    expect(await outputOf(sandbox, "ls /etc/resolv.conf; grep -c : /proc/net/dev")).toContain("\n1");

    await sandbox.close();
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith(`agentx-egress-${process.pid}-`))).toEqual(
      [],
    );
  });
});
