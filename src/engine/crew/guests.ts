import type { Guest } from "../../agents/guest/guest.ts";
import type { AgentSpec } from "../../core/agent-spec.ts";
import { AgentxError } from "../../core/error.ts";
import { findProgram } from "../../sandbox/tools/find-program.ts";
import type { Workspace } from "../workspace.ts";

/**
 * The guest that a spec describes. Programs come from the person's PATH, never from the repository under work.
 * @throws AgentxError AGENT_MISSING
 */
export async function openGuest(spec: AgentSpec, { env, repo }: Workspace): Promise<Guest> {
  const place = { path: env["PATH"] ?? "", notIn: repo.root };
  switch (spec.type) {
    case "program": {
      const [{ createCliGuest }, { cliPrograms }] = await Promise.all([
        import("../../agents/programs/run-cli.ts"),
        import("../../agents/programs/programs.ts"),
      ]);
      const program = cliPrograms[spec.program];
      const found = await findProgram(spec.program, place);
      if (found === null) throw missing(spec.program, `install it: ${program.install}`);
      return createCliGuest(program, found);
    }
    case "acp": {
      const { createAcpGuest } = await import("../../agents/acp/acp-guest.ts");
      const found = await findProgram(spec.command, place);
      if (found === null) throw missing(spec.command, "install it, or mend `acp.command` in agentx.yaml");
      return createAcpGuest({ ...spec, ...found });
    }
    case "command": {
      const { createCommandGuest } = await import("../../agents/command/command-guest.ts");
      return createCommandGuest({ command: spec.command });
    }
  }
}

function missing(program: string, hint: string): AgentxError {
  return new AgentxError("AGENT_MISSING", { where: program, what: "there is no such program on PATH", hint });
}
