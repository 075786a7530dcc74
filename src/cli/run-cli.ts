import { exitCodes } from "../core/error.ts";
import { readVersion } from "../sys/version.ts";
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
