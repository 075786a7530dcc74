import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import type { Terminal } from "../../src/cli/terminal.ts";
import { watchRun } from "../../src/cli/watch-run.ts";
import type { Workspace } from "../../src/engine/workspace.ts";

test("a signal after the last event is still heard, so that it does not end the process before the summary", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agentx-watch-"));
  const heard = new Set<string>();
  const stream = { isTTY: false, write: () => true } as unknown as Terminal["stderr"];
  const terminal: Terminal = {
    args: [],
    env: {},
    cwd: folder,
    stdin: Readable.from([""]) as unknown as Terminal["stdin"],
    stdout: stream,
    stderr: stream,
    now: () => 0,
    onSignal: (signal) => {
      heard.add(signal);
      return () => heard.delete(signal);
    },
    onReaderGone: () => {
      heard.add("reader gone");
      return () => heard.delete("reader gone");
    },
  };
  try {
    const watching = await watchRun(terminal, {
      workspace: { folder } as Workspace,
      run: "h1",
      options: {},
      startedAt: 0,
    });
    watching.close();
    expect([...heard].toSorted()).toEqual(["SIGHUP", "SIGINT", "SIGTERM", "reader gone"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
