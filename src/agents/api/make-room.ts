import { join } from "node:path";
import type { Message } from "../../models/model.ts";
import type { WorkerJob } from "../agent.ts";
import { writeFresh } from "./cap-output.ts";

type ToolMessage = Extract<Message, { role: "tool" }>;

/** The last so many rounds of outputs stay: they are what the model works on. */
const keptRounds = 2;

/** Shorter ones cost as much as what would stand for them. */
const leastBytes = 200;

/** What a person said or a model submitted, and what ends the work, is never left out. */
const outputs: ReadonlySet<string> = new Set(["read", "search", "list", "edit", "write", "shell"]);

const notice = /^\[Room was made: the longer outputs of your first (\d+) rounds of calls are left out\b/;
const standIn = "[left out to make room]";

/**
 * The conversation as it is sent: as it is, but for the outputs that a notice in it says are left out. It follows from the
 * conversation alone, so a resumed attempt sends the same, and until the next notice each request begins with the one before it.
 */
export function withoutOldOutputs(messages: readonly Message[]): Message[] {
  let left = leftOut(messages);
  return messages.map((message) => {
    if (message.role !== "tool" || left === 0) return message;
    left -= 1;
    return {
      ...message,
      results: message.results.map((result) => (isOld(result) ? { ...result, text: standIn } : result)),
    };
  });
}

/**
 * For a conversation that has become too long: leaves out the oldest outputs, until it is half as long or only the last ones are
 * left, and tells the model where they are. @returns false when nothing is left that could be left out
 */
export async function makeRoom({ conversation, scratch, onActivity }: WorkerJob): Promise<boolean> {
  const messages = conversation.messages();
  const rounds = messages.filter((message) => message.role === "tool");
  const before = leftOut(messages);
  const now = enough(messages, { rounds, before });
  if (now === null) return false;
  const path = join(scratch, `earlier-outputs-${now}.txt`);
  const dropped = rounds.slice(0, now).flatMap(({ results }) => results.filter(isOld));
  // Written before it is named: done again after a crash, it is the same file.
  await writeFresh(path, dropped.map(({ id, name, text }) => `== ${name} ${id} ==\n${text}\n`).join("\n"));
  const text = `[Room was made: the longer outputs of your first ${now} rounds of calls are left out, because the conversation had become too long. They are in ${path}, use read with an offset, or search. What you said and decided is all there; read files again where you need them.]`;
  conversation.append({ role: "user", text });
  onActivity(`makes room in the conversation: the outputs of ${now} rounds of calls are left out`);
  return true;
}

/** The smallest number of rounds that is worth the cache it costs, or null when no further one is to be had. */
function enough(
  messages: readonly Message[],
  { rounds, before }: { rounds: readonly ToolMessage[]; before: number },
): number | null {
  const most = rounds.length - keptRounds;
  const sent = bytesOf(withoutOldOutputs(messages));
  let saved = 0;
  for (let now = before; now < most; now += 1) {
    const old = rounds[now]?.results.filter(isOld) ?? [];
    saved += old.reduce((sum, { text }) => sum + Buffer.byteLength(text) - standIn.length, 0);
    if (saved >= sent / 2) return now + 1;
  }
  return saved > 0 ? most : null;
}

/** How many rounds the last notice names. */
function leftOut(messages: readonly Message[]): number {
  const texts = messages.flatMap((message) => (message.role === "user" ? message.text : []));
  const last = texts.findLast((text) => notice.test(text));
  return last === undefined ? 0 : Number(notice.exec(last)?.[1]);
}

function isOld({ name, text }: ToolMessage["results"][number]): boolean {
  return outputs.has(name) && Buffer.byteLength(text) > leastBytes;
}

function bytesOf(messages: readonly Message[]): number {
  return Buffer.byteLength(JSON.stringify(messages));
}
