import { z } from "zod";
import { severities, type Finding, type ReviewVerdict } from "../core/verdict.ts";
import { visibleText } from "../core/plain-text.ts";
import { splitDiff } from "./split-diff.ts";
import { parseSubmitted, submitTool, type SubmitTool } from "./submit-tool.ts";

const finding = z.object({
  severity: z.enum(severities),
  confidence: z.int().min(0).max(100).describe("how sure you are, in percent"),
  file: z.string().min(1),
  line: z.int().min(0).describe("in the new file; 0 for the whole file"),
  quote: z.string().trim().min(1).describe("the words that it is about, copied from the diff or the file"),
  title: z.string().min(1),
  why: z.string().min(1).describe("what goes wrong, for whom, and when"),
});

const verdict = z.object({
  verdict: z.enum(["approve", "reject"]),
  summary: z.string().min(1),
  findings: z.array(finding).max(50),
});

export const verdictTool: SubmitTool = submitTool("submit_verdict", {
  description: "Hand over your verdict. It ends the review.",
  schema: verdict,
});

export type ReviewedChange = {
  diff: string;
  /** Changed files as they are after the change, where their whole text is at hand. */
  texts: ReadonlyMap<string, string>;
};

/**
 * Why a verdict cannot be taken, as a sentence for the reviewer; null when it can. Every objection has to point at
 * something that is there, and the verdict has to follow from the findings.
 */
export function checkVerdict(value: unknown, change: ReviewedChange): string | null {
  const parsed = parseSubmitted(value, verdict);
  if (parsed.type === "wrong") return parsed.reason;
  const { findings, verdict: word } = parsed.value;
  const trouble = findings.flatMap((each) => findingTrouble(each, change) ?? []);
  if (trouble.length > 0) return trouble.join("\n");
  if (
    word === "reject" &&
    !findings.some(({ severity }) => severity === "blocking" || severity === "major")
  ) {
    return "A rejection needs at least one blocking or major finding. Add it, or approve with what you have.";
  }
  if (word === "approve" && findings.some(({ severity }) => severity === "blocking")) {
    return "A change with a blocking finding cannot be approved. Reject it, or lower the finding's severity if it does not block.";
  }
  return null;
}

/** @throws Error when the value did not pass {@link checkVerdict} */
export function toReviewVerdict(value: unknown): ReviewVerdict {
  const { verdict: word, summary, findings } = verdict.parse(value);
  return { type: word === "approve" ? "approved" : "rejected", summary, findings };
}

function findingTrouble(found: Finding, { diff, texts }: ReviewedChange): string | null {
  const parts = splitDiff(diff).filter(({ file }) => file === found.file);
  const text = texts.get(found.file);
  if (parts.length === 0 && text === undefined) {
    return `"${found.title}": ${found.file} is not in this change. Findings are about changed files; name the file as the diff does.`;
  }
  const quote = bare(found.quote);
  const isThere = [...parts.map((part) => part.text), text ?? ""].some((place) =>
    bare(place).includes(quote),
  );
  return isThere
    ? null
    : `"${found.title}": the quote is not in ${found.file}. Copy the words from the diff exactly.`;
}

/** As the reviewer was shown it, without the diff's first column and without differences of white space. */
function bare(text: string): string {
  return visibleText(text)
    .split("\n")
    .map((line) => line.replace(/^[+\- ]/, "").trim())
    .join(" ")
    .replace(/\s+/g, " ")
    .trim();
}
