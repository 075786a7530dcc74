import { readFileSync } from "node:fs";
import { exitCodes } from "../core/error.ts";
import { print, tell, type Terminal } from "./terminal.ts";

/** Runs one command and gives its exit code; see docs/cli.md. */
export async function runCli(terminal: Terminal): Promise<number> {
  const [first] = terminal.args;
  if (first === "--version" || first === "-V") {
    print(terminal, readVersion());
    return exitCodes.allMerged;
  }
  const { parseAndRun } = await import("./program.ts");
  try {
    return await parseAndRun(terminal, readVersion());
  } catch (error) {
    const { AgentxError } = await import("../core/error.ts");
    if (!(error instanceof AgentxError)) throw error;
    const { renderError } = await import("../report/error.ts");
    const { usesColors } = await import("./terminal.ts");
    tell(terminal, renderError(error, { colors: usesColors(terminal) }));
    return error.exitCode;
  }
}

/** package.json stands beside both `src/` and `dist/`. */
function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
