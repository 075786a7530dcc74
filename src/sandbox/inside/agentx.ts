/**
 * The program `agentx` inside a sandbox that has a door: how a worker's own program reaches the dispatcher.
 * It is started by the script that door.ts puts on the PATH, and imports only Node and siblings of this file.
 */
import { askPerson } from "./agentx-ask.ts";
import { DoorLost, exitCode, type Terms } from "./agentx-http.ts";
import { bridgeMcp } from "./agentx-mcp.ts";
import { showNotes } from "./agentx-notes.ts";
import { doorVariable } from "./protocol.ts";

const usage = `Usage, for a worker of agentx:
  agentx ask "<question>" [--option <answer>]... [--default <answer>]
      asks the person and waits for the answer, however long that takes; "-" reads the question from stdin
  agentx notes
      what the person has said to this worker since the last time
  agentx mcp
      the same as tools of an MCP server on stdin and stdout
`;

const commands: Record<string, (args: string[], terms: Terms) => Promise<number>> = {
  ask: askPerson,
  notes: showNotes,
  mcp: bridgeMcp,
};

async function main([name = "", ...args]: string[]): Promise<number> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return terms("").refuse("");
  const door = process.env[doorVariable] ?? "";
  if (door === "") {
    process.stderr.write("agentx: this works only inside a worker of agentx\n");
    return exitCode.usage;
  }
  try {
    return await command(args, terms(door));
  } catch (error) {
    if (!(error instanceof DoorLost)) throw error;
    process.stderr.write(`agentx: ${error.message}\n`);
    return exitCode.lost;
  }
}

function terms(door: string): Terms {
  return {
    door,
    refuse: (why) => {
      process.stderr.write(why === "" ? usage : `agentx: ${why}\n\n${usage}`);
      return exitCode.usage;
    },
  };
}

// Whoever read the output is gone, and with it the reason to go on.
process.stdout.on("error", () => process.exit(exitCode.lost));
process.exitCode = await main(process.argv.slice(2));
