// Has `dist/agentx.cjs` started by the shell, so that Node gets a flag that it takes at its own start alone:
// docs/decisions/0027-node-is-started-with-a-flag.md.
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeFlags } from "./node-flags.ts";

const program = fileURLToPath(new URL("../dist/agentx.cjs", import.meta.url));
const byEnv = "#!/usr/bin/env node\n";
/** The second line is a word and a comment to Node; the shell does nothing for the word, and then becomes Node. */
const byShell = `#!/bin/sh\n":" //; exec node ${nodeFlags.join(" ")} "$0" "$@"\n`;

const text = readFileSync(program, "utf8");
if (!text.startsWith(byEnv)) throw new Error(`${program} does not begin with ${byEnv.trim()}`);
writeFileSync(program, byShell + text.slice(byEnv.length));
// npm does the same for whoever installs it.
chmodSync(program, 0o755);
