import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { quickStatus } from "../../src/cli/quick-status.ts";
import { replay } from "../../src/core/apply-event.ts";
import { keepStanding as openPen } from "../../src/engine/keep-standing.ts";
import { openWorkspace } from "../../src/engine/workspace.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { keepStanding, standingText } from "../../src/report/standing.ts";
import { makeRepository } from "../git/make-repository.ts";
import { task } from "../support/core-run.ts";
import { asked, attempt, journalRun, startedAt } from "./a-journal.ts";
import { agentx, type Said } from "./a-terminal.ts";

/** A repository with a run whose standing was kept after its last event, as a dispatcher does it. */
async function aKeptRun(): Promise<{ root: string; file: string; status: () => Promise<Said> }> {
  const { root } = await makeRepository();
  journalRun(root, {
    tasks: [task("login"), task("theme", { needs: ["login"] })],
    events: [attempt("login"), asked(1, "login", "Which cookie?")],
  });
  const workspace = await openWorkspace(root, {});
  using journal = openJournal({ folder: workspace.folder });
  const events = journal.events("r1");
  const keeper = keepStanding();
  const standing = {
    add: keeper.add,
    of: (state: ReturnType<typeof replay>) => standingText(keeper.of(state, () => [])),
  };
  const log = ({ message }: { message: string }): never => {
    throw new Error(message);
  };
  const pen = openPen(workspace, { journal, watch: { standing, log } });
  for (const event of events) pen.onEvent(event, replay(events));
  pen.close();
  const file = join(workspace.folder, "runs/r1/standing.txt");
  return { root, file, status: () => agentx(root, ["status"], { now: startedAt + 62_000 }) };
}

function changeJournal(root: string, sql: string): void {
  const db = new DatabaseSync(join(root, ".agentx/journal.db"));
  db.exec(sql);
  db.close();
}

test("a status is read from what was kept, without the events, and says the same", async () => {
  const { root, file, status } = await aKeptRun();
  const kept = await status();
  const text = readFileSync(file);
  rmSync(file);
  expect(await status()).toEqual(kept);
  expect(kept.stdout).toMatch(/login +blocked.* 1m 00s/);
  writeFileSync(file, text);
  changeJournal(root, "DELETE FROM events");
  expect(await status()).toEqual(kept);
});

test("what was kept before the last event is not believed", async () => {
  const { root, status } = await aKeptRun();
  {
    using journal = openJournal({ folder: join(root, ".agentx") });
    journal.append({ run: "r1", at: startedAt + 60_000, event: { type: "task.canceled", task: "login" } });
  }
  expect((await status()).stdout).toMatch(/login +canceled/);
});

test("what is damaged, cut or of another version is not believed", async () => {
  const { root, file, status } = await aKeptRun();
  const text = readFileSync(file);
  changeJournal(root, "DELETE FROM events");
  const body = text.indexOf("\n") + 1;
  const damaged = [0, 7, body, body + 40, text.length - 1].map((at) => {
    const bytes = Buffer.from(text);
    bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
    return bytes;
  });
  for (const bytes of [...damaged, text.subarray(0, -2), text.subarray(0, body), Buffer.alloc(0)]) {
    writeFileSync(file, bytes);
    // It turns to the events, which are gone.
    expect((await status()).stderr).toContain("JOURNAL_DAMAGED");
  }
});

test("with a request that nobody has taken there is more to say than was kept", async () => {
  const { root, status } = await aKeptRun();
  await agentx(root, ["note", "login", "Lax, please"]);
  expect((await status()).stdout).toContain("Lax, please");
});

test("a secret of whoever asks is not shown, though the dispatcher did not know it for one", async () => {
  const { root } = await aKeptRun();
  const stream = { isTTY: false } as NodeJS.WriteStream;
  const say = (env: Record<string, string>): string | null =>
    quickStatus({ cwd: root, env, now: () => startedAt, stdout: stream, stderr: stream });
  expect(say({})).toContain("Which cookie?");
  expect(say({ COOKIE_TOKEN: "Which cookie?" })).toContain("[redacted COOKIE_TOKEN]");
});
