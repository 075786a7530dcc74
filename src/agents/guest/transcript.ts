import type { Conversation } from "../agent.ts";

/** What a guest says and does, as messages that a person can read later. */
export type Transcript = { said: (text: string) => void; did: (line: string) => void; flush: () => void };

/** Each message is a write to disk that is waited for, so what it does comes in bundles. */
const maxLines = 20;
/** A program that never stops talking is not to fill the person's disk, which no limit of its sandbox holds. */
const maxBundles = 500;

export function createTranscript(conversation: () => Conversation): Transcript {
  let lines: string[] = [];
  let bundles = 0;
  const append = (text: string): void =>
    conversation().append({ role: "assistant", text, toolCalls: [], native: null });
  const flush = (): void => {
    if (lines.length > 0) {
      bundles += 1;
      append(lines.join("\n"));
    }
    lines = [];
  };
  return {
    said: (text) => {
      flush();
      if (text.trim() !== "") append(text);
    },
    did: (line) => {
      if (bundles > maxBundles) return;
      if (bundles === maxBundles) {
        lines = ["→ more than is kept"];
        return flush();
      }
      const text = `→ ${line}`;
      if (lines.at(-1) === text) return;
      lines.push(text);
      if (lines.length >= maxLines) flush();
    },
    flush,
  };
}
