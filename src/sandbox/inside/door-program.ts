/** The program `agentx` inside: `agentx.js`, run by a Node that need not be the one on the PATH. @param words Node and that file */
export function doorProgram(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  return `#!/bin/sh\nunset NODE_OPTIONS\nexec ${quoted.join(" ")} "$@"\n`;
}

export const doorProgramName = "agentx";
