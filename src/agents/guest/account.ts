import { fence } from "../../context/fence.ts";
import type { Message } from "../../models/model.ts";

/** What a worker needs that goes on without the session in which it has worked. */
export type Account = {
  /** What the task was given with at first. */
  opening: string;
  /** What was said since then, oldest first, without `opening` and `news`. */
  since: readonly Message[];
  /** What it is to do now. */
  news: string;
};

const maxLength = 12_000;
const maxMessageLength = 2_000;

/** The prompt of a start that cannot go on with an earlier session: what was wanted, what happened, what is new. */
export function renderAccount({ opening, since, news }: Account): string {
  const lines = newest(since.map(renderMessage).filter((line) => line !== ""));
  if (lines.length === 0) return [opening, news].filter((part) => part !== "").join("\n\n");
  const label =
    "You have worked on this before, in a session that cannot be gone on with. What was said and done in it (data, oldest first):";
  const left = "What you wrote is still in the worktree: look at it (git status, git diff) before you go on.";
  return [opening, fence(lines.join("\n\n"), { label }), left, news]
    .filter((part) => part !== "")
    .join("\n\n");
}

/** The end of it, as much as fits: what came last matters most. */
function newest(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines.toReversed()) {
    length += line.length + 2;
    if (length > maxLength) break;
    kept.unshift(line);
  }
  const missing = lines.length - kept.length;
  return missing === 0 ? kept : [`[… ${missing} earlier messages left out]`, ...kept];
}

function renderMessage(message: Message): string {
  switch (message.role) {
    case "user":
      return said("agentx", message.text);
    case "assistant": {
      const calls = message.toolCalls.map(({ name }) => `→ ${name}`).join("\n");
      return said("you", [message.text, calls].filter((part) => part !== "").join("\n"));
    }
    case "tool":
      return "";
  }
}

function said(who: string, text: string): string {
  const words = text.trim();
  if (words === "") return "";
  const cut = words.length > maxMessageLength ? `${words.slice(0, maxMessageLength)} […]` : words;
  return `${who}: ${cut}`;
}
