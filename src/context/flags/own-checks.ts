import { createHash } from "node:crypto";
import type { Flag } from "../../core/flag.ts";
import { plainLine } from "../../core/plain-text.ts";
import type { GateVerdict } from "../../core/verdict.ts";
import { quoteOf } from "./finding.ts";

const mostNamed = 4;

/**
 * That a change is green only with its own version of protected files. It is about just these changes of them, so
 * its id is made of theirs.
 */
export function ownChecksFlag(files: readonly Flag[], red: readonly GateVerdict[]): Flag {
  const names = files.slice(0, mostNamed).map(({ file }) => file);
  const more = files.length - names.length;
  const id = createHash("sha256")
    .update(JSON.stringify(["own-checks", ...files.map((flag) => flag.id).toSorted()]))
    .digest("hex")
    .slice(0, 16);
  return {
    kind: "own-checks",
    file: files[0]?.file ?? "",
    line: 0,
    quote: "",
    why: plainLine(
      `the gates are green only with the change's own ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}; the base's checks say: ${red.map(sayRed).join("; ")}`,
    ),
    id,
  };
}

function sayRed(verdict: GateVerdict): string {
  if (verdict.type === "passed") return `${verdict.gate} passed`;
  const how = verdict.type === "failed" ? `exit ${verdict.exitCode}` : verdict.reason;
  const first = quoteOf(verdict.excerpt.split("\n").find((line) => line.trim() !== "") ?? "");
  return `${verdict.gate} (${how})${first === "" ? "" : ` ${first}`}`;
}
