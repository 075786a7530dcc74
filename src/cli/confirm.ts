import { createInterface } from "node:readline/promises";
import { AgentxError, exitCodes } from "../core/error.ts";
import { pickOption } from "../core/pick-option.ts";
import { plainLine, plainText } from "../core/plain-text.ts";
import { tell, type Terminal } from "./terminal.ts";

/** Yes is the answer to just Enter: the person came to start something. */
export async function confirm(terminal: Terminal, question: string): Promise<boolean> {
  const answer = await askLine(terminal, `${question} [Y/n] `);
  return answer !== null && /^\s*(y|yes)?\s*$/i.test(answer);
}

/** Puts a question to the person and waits for a line; a number picks an option, Enter takes the default. */
export async function ask(
  terminal: Terminal,
  question: { text: string; options: string[]; default: string | null },
): Promise<string> {
  tell(terminal, `\n? ${plainText(question.text)}`);
  for (const [index, option] of question.options.entries())
    tell(terminal, `  ${index + 1}  ${plainLine(option)}`);
  const hint = question.default === null ? "" : ` [${plainLine(question.default)}]`;
  for (;;) {
    const line = (await askLine(terminal, `›${hint} `))?.trim();
    if (line === undefined) throw unanswered(question.text);
    if (line === "") {
      if (question.default !== null) return question.default;
      continue;
    }
    const picked = pickOption({ kind: "worker", options: question.options }, line);
    if (picked.type === "answer") return picked.text;
    tell(terminal, `  there is no option ${line}`);
  }
}

function unanswered(text: string): AgentxError {
  const problem = { where: "", what: `not answered, so nothing was started: ${plainLine(text)}`, hint: "" };
  return new AgentxError("INTERRUPTED", problem, exitCodes.interrupted);
}

/** Null when the prompt was closed: that says nothing, and least of all an answer. */
async function askLine({ stdin, stderr }: Terminal, prompt: string): Promise<string | null> {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const ended = new Promise<null>((resolve) => lines.once("close", () => resolve(null)));
    return await Promise.race([lines.question(prompt), ended]);
  } finally {
    lines.close();
  }
}
