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
  const { redactedTerminal, redactError } = await import("./redacted-terminal.ts");
  const shown = redactedTerminal(terminal);
  try {
    // Asked all day by scripts and agents: the parser of all commands takes longer than the answer.
    if (terminal.args.length === 1 && first === "status") {
      const { quickStatus } = await import("./quick-status.ts");
      const said = quickStatus(terminal);
      if (said === null) return await (await import("./status.ts")).status(shown, {});
      print(terminal, said);
      return exitCodes.allMerged;
    }
    const { parseAndRun } = await import("./program.ts");
    return await parseAndRun(shown, readVersion());
  } catch (error) {
    const { AgentxError } = await import("../core/error.ts");
    const { diskErrorOf } = await import("../core/disk-error.ts");
    const { firstFailure } = await import("../core/first-failure.ts");
    const first = firstFailure(error);
    const expected = first instanceof AgentxError ? first : diskErrorOf(first);
    if (expected === null) {
      redactError(error, terminal);
      throw error;
    }
    const { renderError } = await import("../report/error.ts");
    const { usesColors } = await import("./terminal.ts");
    const { pointToRuns } = await import("../engine/point-to-runs.ts");
    const pointed = await pointToRuns(expected, terminal.cwd);
    tell(shown, renderError(pointed, { colors: usesColors(shown) }));
    return expected.exitCode;
  }
}
