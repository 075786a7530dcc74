import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EventBody } from "../../src/core/event.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { secretsOf } from "../../src/sys/secrets.ts";
import { newFolder, note, started } from "./support.ts";

const canary = "canary-4711-of-the-run";
const token = `ghp_${"aB3dE5fG7h".repeat(4).slice(0, 36)}`;
const env = { MY_API_KEY: canary };

function bytesIn(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), "latin1"))
    .join("");
}

test("no secret is on disk, and what is given back is what was written", () => {
  const folder = newFolder();
  using journal = openJournal({ folder, secrets: secretsOf(env) });
  journal.append({ run: "r", at: 1, event: started("r", `Log in with ${canary}`) });
  const given = journal.append({ run: "r", at: 1, event: note(`${canary} and ${token}`) });
  const asked: EventBody = { type: "task.done", task: "login", note: `${canary} and ${token}` };
  const done = journal.append({ run: "r", at: 1, event: asked });
  const talk = journal.conversation<{ text: string }>({ run: "r", task: "login", thread: 0 });
  talk.append({ text: `${canary} and ${token}` });

  // What the person and the worker say reaches the worker: only what is the run's own is left out.
  expect(given).toMatchObject({ text: `[redacted MY_API_KEY] and ${token}` });
  expect(done).toMatchObject({ note: "[redacted MY_API_KEY] and [redacted GitHub token]" });
  expect(talk.messages()).toEqual([{ text: `[redacted MY_API_KEY] and ${token}` }]);
  expect(journal.events("r").slice(1)).toEqual([given, done]);
  expect(bytesIn(folder)).not.toContain(canary);
});

test("a request from a terminal that did not know the secret is clean once it was taken", () => {
  const folder = newFolder();
  const secrets = secretsOf(env);
  const mark = "canary-4711-of-the-run and a few words more";
  {
    using journal = openJournal({ folder, secrets });
    journal.append({ run: "r", at: 1, event: started("r") });
    using other = openJournal({ folder });
    // A long one lies in pages of its own, which are given back when it is written anew.
    for (const text of [mark, `${"word ".repeat(3000)}${mark} ${canary.repeat(500)}`]) {
      other.post({ run: "r", at: 1, request: { type: "note", task: "login", text } });
    }
    expect(bytesIn(folder)).toContain(canary);
    const taken = journal.consume({ run: "r", at: 2 }, (request) =>
      request.type === "note" ? [note(request.text)] : [],
    );
    expect(taken).toMatchObject([{ text: "[redacted MY_API_KEY] and a few words more" }, {}]);
  }
  expect(bytesIn(folder)).not.toContain(canary);
});
