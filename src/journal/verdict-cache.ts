import type { GateVerdict } from "../core/verdict.ts";
import { redactedJson } from "../core/secrets/redact.ts";
import { damaged } from "./failure.ts";
import { rowCheck, textOf } from "./row.ts";
import type { Store } from "./store.ts";
import { effectSync } from "../sys/failpoint.ts";

/** What a verdict depends on, and nothing else: git tree, command line, and a fingerprint of the tools. */
export type VerdictKey = { tree: string; command: string; toolchain: string };

/** The verdict with `cached` set, or null. The gate's name is the one that it had when it ran. */
export function readVerdict(
  { db, file }: Store,
  { tree, command, toolchain }: VerdictKey,
): GateVerdict | null {
  const row = db
    .prepare("SELECT body, sum FROM verdicts WHERE tree = ? AND command = ? AND toolchain = ?")
    .get(tree, command, toolchain);
  if (row === undefined) return null;
  const body = textOf(file, row["body"]);
  if (rowCheck([tree, command, toolchain, body]) !== row["sum"]) {
    throw damaged(file, "a cached verdict is not what was written");
  }
  return { ...(JSON.parse(body) as GateVerdict), cached: true };
}

/** A gate that could not run says nothing about the tree, so a broken verdict is not kept. */
export function writeVerdict({ db, secrets }: Store, key: VerdictKey, verdict: GateVerdict): void {
  if (verdict.type === "broken") return;
  const { tree, command, toolchain } = key;
  const { text: body } = redactedJson(secrets.findAny, verdict);
  const insert = db.prepare(
    "INSERT OR REPLACE INTO verdicts (tree, command, toolchain, body, sum) VALUES (?, ?, ?, ?, ?)",
  );
  const sum = rowCheck([tree, command, toolchain, body]);
  effectSync("verdict.store", () => insert.run(tree, command, toolchain, body, sum));
}
