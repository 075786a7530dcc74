import { createHash } from "node:crypto";
import type { Flag } from "../../core/flag.ts";
import { plainLine } from "../../core/plain-text.ts";
import type { GateVerdict } from "../../core/verdict.ts";

/** Gates that ran fewer tests than on the base: whatever was done to the others, they judge no more. */
export function findFewerTests(verdicts: readonly GateVerdict[], onBase: readonly GateVerdict[]): Flag[] {
  return verdicts.flatMap((verdict) => {
    const [now, was] = [
      testsIn(verdict),
      testsIn(onBase.find(({ gate, command }) => gate === verdict.gate && command === verdict.command)),
    ];
    if (now === null || was === null || now >= was) return [];
    const why = plainLine(`ran ${now} tests, and ${was} on the base`);
    const id = createHash("sha256")
      .update(JSON.stringify(["fewer-tests", verdict.gate, now, was]))
      .digest("hex")
      .slice(0, 16);
    return [{ kind: "fewer-tests", file: verdict.command, line: 0, quote: "", why, id }];
  });
}

function testsIn(verdict: GateVerdict | undefined): number | null {
  return verdict?.type === "passed" ? (verdict.tests ?? null) : null;
}
