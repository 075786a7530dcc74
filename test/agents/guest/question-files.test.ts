import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { watchQuestionFiles } from "../../../src/agents/guest/question-files.ts";
import { createQuestions } from "../../../src/agents/guest/questions.ts";
import { describeSandboxed, eventually, openAt, temporaryFolder } from "../../sandbox/support.ts";

function places(): { root: string; scratch: string; folder: string; outside: string } & Disposable {
  const place = temporaryFolder();
  const [root = "", scratch = "", outside = ""] = ["root", "scratch", "outside"].map((name) => {
    mkdirSync(join(place.path, name));
    return join(place.path, name);
  });
  return {
    root,
    scratch,
    outside,
    folder: join(scratch, "ipc"),
    [Symbol.dispose]: () => place[Symbol.dispose](),
  };
}

// Each mostly waits for the next look at its folder.
describeSandboxed("questions as files", () => {
  test.concurrent("are asked in order, when they are whole, and answered beside them", async () => {
    using place = places();
    await using sandbox = await openAt(place.root, { scratch: place.scratch });
    const questions = createQuestions();
    const onLost = (): void => {};
    const { folder } = place;
    using _watch = await watchQuestionFiles({ sandbox, folder, questions, answered: null, onLost });
    await sandbox.exec({
      command: `cd ${folder} && printf 'One?\\n' > 001.question && : > 002.question && echo no > x.question`,
      timeoutMs: 5_000,
    });
    expect(await questions.opened()).toEqual({ text: "One?", options: [], default: null });
    await sandbox.exec({ command: `echo Two? > ${folder}/002.question`, timeoutMs: 5_000 });
    questions.answer("1");
    expect(await eventually(() => existsSync(join(folder, "001.answer")))).toBe(true);
    expect(readFileSync(join(folder, "001.answer"), "utf8")).toBe("1\n");
    expect(await questions.opened()).toMatchObject({ text: "Two?" });
    await sandbox.exec({ command: `touch ${folder}/001.done`, timeoutMs: 5_000 });
    questions.answer("2");
    expect(await eventually(() => existsSync(join(folder, "002.answer")))).toBe(true);
    expect(questions.takeUnheard()).toEqual([]);
  });

  test.concurrent("links that lead out are followed nowhere", async () => {
    using place = places();
    await using sandbox = await openAt(place.root, { scratch: place.scratch });
    const secret = join(place.outside, "secret");
    writeFileSync(secret, "the person's secret");
    mkdirSync(place.folder);
    symlinkSync(secret, join(place.folder, "001.question"));
    writeFileSync(join(place.folder, "002.question"), "Two?");
    // Where the answer would go, there is a way out as well: the worker's folder of another name is its own affair.
    const questions = createQuestions();
    const { folder } = place;
    using _watch = await watchQuestionFiles({ sandbox, folder, questions, answered: null, onLost: () => {} });
    expect(await questions.opened()).toMatchObject({ text: "Two?" });
    await sandbox.exec({
      command: `mv ${folder} ${folder}-moved; ln -s ${place.outside} ${folder}`,
      timeoutMs: 5_000,
    });
    questions.answer("2");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(readdirSync(place.outside)).toEqual(["secret"]);
    expect(readFileSync(secret, "utf8")).toBe("the person's secret");
  });

  test.concurrent("a question whose answer came while nobody ran is answered, not asked again", async () => {
    using place = places();
    await using sandbox = await openAt(place.root, { scratch: place.scratch });
    mkdirSync(place.folder);
    writeFileSync(join(place.folder, "001.question"), "Which?\n");
    const questions = createQuestions();
    const answered = { prompt: "You asked: Which?\nThe person answers: this", answer: "this" };
    const { folder } = place;
    using _watch = await watchQuestionFiles({ sandbox, folder, questions, answered, onLost: () => {} });
    expect(await eventually(() => existsSync(join(folder, "001.answer")))).toBe(true);
    let isAsked = false;
    void questions.opened().then(() => (isAsked = true));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(isAsked).toBe(false);
  });

  test.concurrent("where there are none, the sandbox is not asked again and again", async () => {
    using place = places();
    await using sandbox = await openAt(place.root, { scratch: place.scratch });
    let lists = 0;
    const counted = {
      ...sandbox,
      list: (...asked: Parameters<typeof sandbox.list>) => (lists++, sandbox.list(...asked)),
    };
    const questions = createQuestions();
    const { folder } = place;
    using _watch = await watchQuestionFiles({
      sandbox: counted,
      folder,
      questions,
      answered: null,
      onLost: () => {},
    });
    // No questions either, whatever they are called.
    mkdirSync(join(folder, "001.question"));
    symlinkSync(place.outside, join(folder, "002.question"));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(lists).toBe(0);
    await sandbox.exec({ command: `echo One? > ${folder}/003.question`, timeoutMs: 5_000 });
    expect(await questions.opened()).toMatchObject({ text: "One?" });
    expect(lists).toBeGreaterThan(0);
  });

  test.concurrent("a sandbox that closes is said once, and nothing goes on", async () => {
    using place = places();
    const sandbox = await openAt(place.root, { scratch: place.scratch });
    const lost: unknown[] = [];
    const questions = createQuestions();
    const { folder } = place;
    using _watch = await watchQuestionFiles({
      sandbox,
      folder,
      questions,
      answered: null,
      onLost: (error) => void lost.push(error),
    });
    writeFileSync(join(folder, "001.question"), "One?");
    await sandbox.close();
    expect(await eventually(() => lost.length > 0)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(lost.map(String)).toEqual([expect.stringContaining("sandbox")]);
  });
});
