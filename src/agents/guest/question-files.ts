import { lstat, opendir } from "node:fs/promises";
import { basename, join } from "node:path";
import { SandboxFileError, type FileEntry, type Sandbox } from "../../sandbox/sandbox.ts";
import type { Questions } from "./questions.ts";

export type QuestionFiles = {
  sandbox: Sandbox;
  /** Seen at the same path inside. */
  folder: string;
  questions: Questions;
  /** The job's prompt where it is the answer to a question, and the bare words: that question may stand here still. */
  answered: { prompt: string; answer: string } | null;
  /** The sandbox is gone. */
  onLost: (error: unknown) => void;
};

const lookEveryMs = 1_000;
const maxBytes = 8_000;
const maxEntries = 400;
const questionName = /^(\d{1,6})\.question$/;
const readme = `A question to the person: write it to 001.question (002, …), wait for 001.answer, read it, then create 001.done.
The first to come is asked first. \`agentx ask\` does the same and waits for you.
`;

/**
 * Questions as files, for workers that know no other way. They are read and written as the sandbox has them: a link that was planted there
 * leads nowhere that the worker could not go itself. Whether there may be any is looked for by names alone, which takes no helper anywhere.
 */
export async function watchQuestionFiles(files: QuestionFiles): Promise<Disposable> {
  const { sandbox, folder } = files;
  await sandbox.writeFile(join(folder, "README"), readme);
  const seen = new Map<string, number>();
  const taken = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    try {
      const { entries } = (await mayHoldQuestions(folder))
        ? await sandbox.list(folder, { depth: 1, limit: maxEntries })
        : { entries: [] };
      for (const entry of unanswered(entries)) {
        const number = basename(entry.path, ".question");
        // One that still grows is not written to its end.
        const isWhole = entry.bytes > 0 && seen.get(number) === entry.bytes;
        seen.set(number, entry.bytes);
        if (isWhole && !taken.has(number)) await take(number);
      }
    } catch (error) {
      // The worker may move or remove its files at any time: the next look sees what is there then.
      if (!(error instanceof SandboxFileError)) return lose(error);
    }
    if (!isOver) timer = setTimeout(() => void look(), lookEveryMs);
  };
  const take = async (number: string): Promise<void> => {
    const { text } = await sandbox.readFile(join(folder, `${number}.question`), { offset: 0, maxBytes });
    const question = text.trim();
    if (question === "" || isOver) return;
    taken.add(number);
    const reply = (answer: string): boolean => {
      if (isOver) return false;
      sandbox.writeFile(join(folder, `${number}.answer`), `${answer}\n`).catch((error: unknown) => {
        if (!(error instanceof SandboxFileError)) lose(error);
        else taken.delete(number); // it is looked for again, and asked again where it still stands
      });
      return true;
    };
    if (files.answered?.prompt.includes(question)) reply(files.answered.answer);
    else files.questions.ask({ text: question, options: [], default: null }, reply);
  };
  const lose = (error: unknown): void => {
    if (!isOver) files.onLost(error);
    isOver = true;
  };
  await look();
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      clearTimeout(timer);
    },
  };
}

/** Nearly no worker writes one, and to ask the sandbox costs more than a look at a folder. */
async function mayHoldQuestions(folder: string): Promise<boolean> {
  try {
    if (!(await lstat(folder)).isDirectory()) return false;
    let looked = 0;
    for await (const entry of await opendir(folder, { bufferSize: maxEntries })) {
      if (entry.isFile() && questionName.test(entry.name)) return true;
      // However many a worker makes, a look takes no longer: from there on the sandbox has to.
      looked += 1;
      if (looked === maxEntries) return true;
    }
    return false;
  } catch {
    // Gone, or closed to us: the worker's own doing, and there is no question in it.
    return false;
  }
}

function unanswered(entries: readonly FileEntry[]): FileEntry[] {
  const names = new Set(entries.map(({ path }) => basename(path)));
  return entries.filter(({ path, type }) => {
    const [, number] = questionName.exec(basename(path)) ?? [];
    return type === "file" && number !== undefined && !names.has(`${number}.answer`);
  });
}
