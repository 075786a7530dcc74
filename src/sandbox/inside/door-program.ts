import { shellWord } from "./shell-word.ts";

/** The program `agentx` inside: `agentx.js`, run by a Node that need not be the one on the PATH. @param words Node and that file */
export function doorProgram(words: readonly string[]): string {
  return `#!/bin/sh\nunset NODE_OPTIONS\nexec ${words.map(shellWord).join(" ")} "$@"\n`;
}

export const doorProgramName = "agentx";
