import { AgentxError, exitCodes } from "../core/error.ts";
import { areProven } from "../core/gate-proof.ts";
import { plainLine } from "../core/plain-text.ts";
import { isGreen } from "../core/verdict.ts";
import { proveGates } from "../engine/gates/prove-gates.ts";
import { runGatesAlone } from "../engine/gates/run-gates-alone.ts";
import { openWorkspace } from "../engine/workspace.ts";
import { renderGates, renderProofs } from "../report/gates.ts";
import { renderJson } from "../report/json.ts";
import { stdoutLook } from "./stdout-look.ts";
import { onInterrupt, print, tell, type Terminal } from "./terminal.ts";

export type GatesOptions = { commit?: string; prove?: boolean; json?: boolean; unsafeNoSandbox?: boolean };

/** The gates outside of any run; with `prove`, whether they refuse what they are there to refuse. */
export async function gates(terminal: Terminal, options: GatesOptions): Promise<number> {
  const workspace = await openWorkspace(terminal.cwd, terminal.env);
  const controller = new AbortController();
  const stopListening = onInterrupt(terminal, () => controller.abort(interrupted()));
  const gating = {
    rev: options.commit ?? null,
    unsafeNoSandbox: options.unsafeNoSandbox ?? false,
    onActivity: (text: string) => tell(terminal, plainLine(text)),
    signal: controller.signal,
    now: terminal.now,
  };
  const look = stdoutLook(terminal);
  try {
    if (options.prove) {
      const { commit, proofs } = await proveGates(workspace, gating);
      print(terminal, options.json ? renderJson({ commit, proofs }) : renderProofs(proofs, look));
      return areProven(proofs) ? exitCodes.allMerged : exitCodes.someNotMerged;
    }
    const { commit, verdicts, specs } = await runGatesAlone(workspace, gating);
    print(terminal, options.json ? renderJson({ commit, verdicts }) : renderGates({ verdicts, specs }, look));
    return isGreen(verdicts) ? exitCodes.allMerged : exitCodes.someNotMerged;
  } finally {
    stopListening();
  }
}

function interrupted(): AgentxError {
  const what = "the gates were interrupted";
  return new AgentxError("INTERRUPTED", { where: "agentx gates", what, hint: "" }, exitCodes.interrupted);
}
