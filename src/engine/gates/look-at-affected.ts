import { affectedCommand } from "../../core/affected-command.ts";
import { withoutKnownRed } from "../../core/known-red.ts";
import type { GateVerdict } from "../../core/verdict.ts";
import { diffTrees } from "../../git/objects/diff-trees.ts";
import { type GateRequest, gateCommit } from "../perform-gates.ts";
import type { Workshop } from "../workshop.ts";

/**
 * What the gates' `affected` commands refuse in a commit, before the gates themselves are asked. Only a plain no counts:
 * what is green, empty or could not run says nothing, and the gates decide.
 */
export async function lookAtAffected(
  shop: Workshop,
  request: GateRequest & { base: string },
): Promise<GateVerdict[]> {
  const run = request.context.state();
  if (run.settings.gates.every(({ affected }) => affected === undefined)) return [];
  const changes = await diffTrees(shop.workspace.repo, { from: request.base, to: request.commit });
  const files = changes
    .filter(({ newMode }) => newMode === "100644" || newMode === "100755")
    .map(({ path }) => path);
  const gates = run.settings.gates.flatMap(({ affected, ...gate }) => {
    const command = affected === undefined ? null : affectedCommand(affected, files);
    return command === null ? [] : [{ ...gate, command }];
  });
  if (gates.length === 0) return [];
  const verdicts = await gateCommit(shop, { ...request, gates });
  return withoutKnownRed(verdicts, run).filter(({ type }) => type === "failed");
}
