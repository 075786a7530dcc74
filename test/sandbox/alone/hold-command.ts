/**
 * Runs a command in a sandbox of its own, or without walls, and tells how it ended. After so many others a small process starts it.
 * Usage: hold-command.ts ROOT COMMAND [unwalled [OTHERS]]
 */
import { open, specFor, walled } from "../support.ts";

const [, , root = "", command = "", walls = "", others = "0"] = process.argv;
const provider = await (walls === "unwalled" ? open() : walled());
for (let other = 0; other < Number(others); other += 1)
  await provider.run(specFor(root), { command: "true", timeoutMs: 600_000 });
const result = await provider.run(specFor(root), { command, timeoutMs: 600_000 });
process.stdout.write(`${JSON.stringify(result)}\n`);
