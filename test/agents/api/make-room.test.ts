import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ModelError, type Message } from "../../../src/models/model.ts";
import { openAt, protocols } from "../../models/calls.ts";
import { startModelServer, type ModelServer } from "../../model-server/server.ts";
import { openBench } from "./a-job.ts";
import { call, finishes, listModel, reply } from "./a-model.ts";

let server: ModelServer | undefined;
afterEach(() => server?.close());

const window = 32_000;
const long = Array.from({ length: 150 }, (_, line) => `line ${line} of the file`).join("\n");
const rounds = 14;

test.each(protocols)(
  "a model over the $provider protocol whose window is full goes on with less",
  async ({ id }) => {
    let said = 0;
    server = await startModelServer({
      reply: ({ bytes }) => {
        if (bytes > window)
          return { fault: { type: "status", status: 400, message: "prompt is too long: 9 tokens" } };
        said += 1;
        if (said > rounds) return { call: { tool: "finish", note: "went on" } };
        return { say: `I decide ${said}.`, call: { tool: "read", path: `f${said}.txt` } };
      },
    });
    const files = Array.from({ length: rounds }, (_, at) => [`f${at + 1}.txt`, `file ${at + 1}\n${long}\n`]);
    await using bench = await openBench(Object.fromEntries(files));
    expect(await bench.work([openAt(server, id)])).toEqual({ type: "finished", note: "went on" });

    // No more than is needed: each refusal makes room for several turns.
    const refused = server.requests.filter(({ status }) => status !== 200);
    expect(refused.length).toBeLessThanOrEqual(3);
    expect(server.requests).toHaveLength(rounds + 1 + refused.length);
    const last = server.requests.at(-1)?.body ?? "";
    expect(last).toContain("Do it.");
    for (let at = 1; at <= rounds; at += 1) expect(last).toContain(`I decide ${at}.`);
    // What was said when it was made is in the journal, and what was left out in a file that the model is told of.
    const told = /They are in (\S+),/.exec(
      JSON.stringify(bench.messages.findLast(({ role }) => role === "user")),
    );
    const kept = readFileSync(told?.[1] ?? "", "utf8");
    expect(kept).toMatch(/== read .* ==\n[^]*file 1\n[^]*file 2\n/);
    expect(JSON.stringify(bench.messages)).toContain("file 1\\n");
  },
);

/** Ten rounds of long outputs and an answer of the person, of which the model has seen all. */
function aLongTalk(prompt: string): Message[] {
  const asked = call("ask", { question: "Which one?" });
  const answer = `${"blue ".repeat(100)}`;
  const talk: Message[] = [
    { role: "user", text: prompt },
    reply([asked]).message,
    { role: "tool", results: [{ id: asked.id, name: "ask", text: answer, isError: false }] },
  ];
  for (let at = 0; at < 10; at += 1) {
    const made = call("list", { path: `${at}` });
    const text = `round ${at} ${"x".repeat(3000)}`;
    talk.push(reply([made]).message, {
      role: "tool",
      results: [{ id: made.id, name: "list", text, isError: false }],
    });
  }
  return talk;
}

const tooLong = new ModelError("context-length", "list/a", { message: "too long" });

test("the oldest outputs go first, the person's words and the last rounds stay, and the beginning is the same from then on", async () => {
  await using bench = await openBench();
  bench.messages.push(...aLongTalk(bench.job.prompt));
  const model = listModel([tooLong, reply([call("list", {})]), finishes()]);
  await bench.work([model]);
  const [whole, first, second] = model.requests.map(({ messages }) => messages);
  const text = JSON.stringify(first);
  expect(text).toContain("blue blue");
  expect(text).not.toContain("round 0 ");
  expect(text).toContain("round 8 ");
  expect(text).toContain("round 9 ");
  expect(text.length).toBeLessThan(JSON.stringify(whole).length * 0.6);
  expect(second?.slice(0, first?.length)).toEqual(first);
  expect(bench.activities.join("\n")).toContain("makes room in the conversation");
});

test("a resumed attempt goes on with the conversation as it was sent last", async () => {
  await using bench = await openBench();
  bench.messages.push(...aLongTalk(bench.job.prompt));
  const before = listModel([
    tooLong,
    reply([call("list", {})]),
    new ModelError("network", "list/a", { message: "gone" }),
  ]);
  await bench.work([before]);
  const after = listModel([finishes()]);
  await bench.work([after]);
  expect(after.requests[0]?.messages).toEqual(before.requests.at(-1)?.messages);
});

test("where nothing is left to leave out, the next model is tried, and the person is asked to split the task", async () => {
  await using bench = await openBench();
  bench.messages.push(...aLongTalk(bench.job.prompt));
  const model = listModel(Array.from({ length: 9 }, () => tooLong));
  expect(await bench.work([model])).toMatchObject({ failure: { kind: "limit", hint: "split the task" } });
  // Half of it, half of the rest, and so on down to the last two rounds.
  expect(model.requests.length).toBeLessThanOrEqual(5);
  expect(readFileSync(join(bench.scratch, "earlier-outputs-9.txt"), "utf8")).toContain("round 7 ");
});
