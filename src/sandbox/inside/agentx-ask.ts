import { parseArgs } from "node:util";
import { callDoor, exitCode, fieldOf, tellError, textOf, type Terms } from "./agentx-http.ts";

type Question = { text: string; options: string[]; default: string | null };

/** `agentx ask`: prints the person's answer, however long it takes. */
export async function askPerson(args: string[], { door, refuse }: Terms): Promise<number> {
  const question = readArgs(args);
  if (typeof question === "string") return refuse(question);
  if (question.text === "-") question.text = await readStdin();
  question.text = question.text.trim();
  if (question.text === "") return refuse("the question is empty");
  const answer = await callDoor(`${door}/agentx/ask`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
  });
  const text = await textOf(answer);
  const said = fieldOf(text, "answer");
  if (answer.statusCode !== 200 || typeof said !== "string") return tellError(answer.statusCode ?? 0, text);
  process.stdout.write(`${said}\n`);
  return exitCode.done;
}

/** A sentence where the words on the command line make no question. */
function readArgs(args: string[]): Question | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { option: { type: "string", multiple: true }, default: { type: "string" } },
      allowPositionals: true,
    });
    // A question without quotes comes in many words.
    return { text: positionals.join(" "), options: values.option ?? [], default: values.default ?? null };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
