import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ModelError, type Message, type Model } from "../../src/models/model.ts";
import { openModel } from "../../src/models/open-model.ts";
import { fillAnswer } from "../../src/models/script-answer.ts";
import { failure, request, results, user } from "./calls.ts";

const cwd = join(import.meta.dirname, "scripts");

function open(file: string, pauseScale = 0): Model {
  const retry = { tries: 2, random: () => 0, sleep: async () => {} };
  return openModel({ id: `scripted/${file}`, providers: {}, env: {}, scripts: { cwd, pauseScale }, retry });
}

const login = `Work on this.\n<task id="login" role="implement" attempt="1">`;

describe("a scripted model", () => {
  it("plays the turns of its task and role one after the other", async () => {
    const model = open("login.yaml");
    const messages: Message[] = [user(login)];
    const first = await model.call(request(messages));
    expect(first).toMatchObject({ stop: "tools", usd: 0, message: { text: "I read the page first." } });
    expect(first.message.toolCalls).toMatchObject([{ name: "read", input: { path: "src/login.ts" } }]);
    messages.push(first.message, results(first, "a"));
    const second = await model.call(request(messages));
    expect(second.message.toolCalls.map(({ name }) => name)).toEqual(["edit", "read"]);
    messages.push(second.message, results(second, "b"));
    const third = await model.call(request(messages));
    expect(third.message.text).toBe("Done.");
    expect(third.usage.inputTokens).toBeGreaterThan(first.usage.inputTokens);
  });

  it("says the same again when it is asked the same again", async () => {
    const model = open("login.yaml");
    const [one, two] = [await model.call(request([user(login)])), await model.call(request([user(login)]))];
    expect(one).toEqual(two);
  });

  it("prefers the part of the attempt to the part of the role", async () => {
    const second = `<task id="login" role="implement" attempt="2">`;
    expect((await open("login.yaml").call(request([user(second)]))).message.text).toBe(
      "I follow the review.",
    );
    const third = `<task id="login" role="implement" attempt="3">`;
    expect((await open("login.yaml").call(request([user(third)]))).message.text).toBe(
      "I read the page first.",
    );
  });

  it("goes by the last tag of the first message that has one", async () => {
    const quoted = `<task id="other" role="implement" attempt="1"> was done.\n${login}`;
    const later = user(`<task id="later" role="review" attempt="1">`);
    const reply = await open("login.yaml").call(request([user("Hello."), user(quoted), later]));
    expect(reply.message.text).toBe("I read the page first.");
  });

  it("plays the planner's part for the plan", async () => {
    const reply = await open("login.yaml").call(request([user(`<task id="plan" role="plan" attempt="1">`)]));
    expect(reply.message.toolCalls).toMatchObject([{ name: "submit_plan", input: { title: "Log in" } }]);
  });

  it("fails as written", async () => {
    const error = await failure(open("login.yaml").call(request([user(`<task id="login" role="review">`)])));
    expect(error).toMatchObject({ kind: "overloaded", message: "the reviewer is asleep" });
  });

  it("stops as written", async () => {
    const reply = await open("login.yaml").call(request([user(`<task id="login" role="resolve">`)]));
    expect(reply.stop).toBe("length");
  });

  it.each([
    [
      `<task id="login" role="research" attempt="2">`,
      0,
      /nothing for task "login", role research, attempt 2, turn 1/,
    ],
    [`<task id="nobody" role="implement">`, 0, /nothing for task "nobody"/],
    [`<task id="login" role="implement" attempt="2">`, 1, /only 1 turn, none for .* attempt 2, turn 2/],
    ["no tag at all", 0, /no user message has a <task/],
  ])("past its end it names task, role and turn: %s", async (text, said, expected) => {
    const before: Message[] = Array(said).fill({ role: "assistant", text: "x", toolCalls: [], native: null });
    const error = await failure(open("login.yaml").call(request([user(text), ...before])));
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ kind: "bad-request", message: expect.stringMatching(expected) });
  });

  it("streams its text in pieces over its pause", async () => {
    const shown: string[] = [];
    const onProgress = (text: string): number => shown.push(text);
    const second = user(`<task id="login" role="implement" attempt="2">`);
    const started = performance.now();
    await open("login.yaml", 1).call(request([second], { onProgress }));
    expect(performance.now() - started).toBeGreaterThan(35);
    expect(shown).toHaveLength(4);
    expect(shown.join("")).toBe("I follow the review.");
  });

  it("is aborted in the middle of a pause", async () => {
    const second = user(`<task id="login" role="implement" attempt="2">`);
    const signal = AbortSignal.timeout(30);
    const error = await failure(open("login.yaml", 1000).call(request([second], { signal })));
    expect(error).toBe(signal.reason);
  });

  it("says when its script is not there", async () => {
    const error = await failure(open("nowhere.yaml").call(request([user(login)])));
    expect(error).toMatchObject({ kind: "not-found", message: expect.stringContaining("nowhere.yaml") });
  });
});

describe("a scripted model that was answered", () => {
  it("says what the person answered, as it is and as a JSON string", () => {
    const answer = 'Say "hi" to {{answer}}.';
    const text = `You asked: What?\nThe person answers: ${answer}`;
    const messages: Message[] = [{ role: "tool", results: [{ id: "1", name: "ask", text, isError: false }] }];
    const turn = { say: "{{answer}}", call: { tool: "write", content: ["x = {{answerAsJson}};"] } };
    expect(fillAnswer(turn, messages)).toEqual({
      say: answer,
      call: { tool: "write", content: [`x = ${JSON.stringify(answer)};`] },
    });
    expect(fillAnswer(turn, [])).toBe(turn);
  });
});
