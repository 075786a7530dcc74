/** Runs a command in a sandbox of its own, and tells how it ended. Usage: hold-command.ts ROOT COMMAND */
import { specFor, walled } from "../support.ts";

const [, , root = "", command = ""] = process.argv;
const result = await (await walled()).run(specFor(root), { command, timeoutMs: 600_000 });
process.stdout.write(`${JSON.stringify(result)}\n`);
