import type { Change, ChangedFile } from "./changed-file.ts";
import { linesOf } from "./changed-file.ts";
import { type Found, foundAt, quoteOf } from "./finding.ts";
import { lineOfKey, objectIn, readJson } from "./read-json.ts";

const judges =
  /^(pre|post)?(test|tests|check|checks|lint|types?|type-?check|tsc|coverage|ci|verify|validate|e2e|unit|integration|spec)([:._-].*)?$/;

/** Ends well whatever happened. */
const alwaysGreen =
  /(?:\|\||;|&&?)\s*(?:true|:|exit 0|exit)\s*(?:["']?\s*)$|^\s*(?:true|:|exit 0|exit|echo\b[^&|;]*)\s*(?:;\s*exit 0)?\s*$|\|\|\s*(?:true|:|exit 0|echo)\b/;
const noTests =
  /--pass-?with-?no-?tests\b|--if-present\b|--no-bail-on-fail|--exit-zero\b|--suppress-no-test-exit-code/i;
const leavesOut =
  /--(?:exclude|testPathIgnorePatterns|test-path-ignore-patterns|ignore|deselect|grep-invert|invert|test-skip-pattern|skip)\b|\s-k\s+["']?not\b/;

/** Commands that judge the change and were made to say less. */
export function findWeakScripts(change: Change): Found[] {
  return change.files.flatMap((file) => {
    if (/(^|\/)package\.json$/.test(file.path)) return compareScripts(file);
    return /(^|\/)(Makefile|makefile|Justfile|justfile|Taskfile\.ya?ml|tox\.ini|noxfile\.py|agentx\.ya?ml|[^/]*\.mk)$/.test(
      file.path,
    )
      ? compareLines(change, file)
      : [];
  });
}

function compareScripts({ path, before, after }: ChangedFile): Found[] {
  const [old, now] = [readJson(before), readJson(after)];
  if (old === null || now === null) return [];
  const [was, is] = [objectIn(old, "scripts"), objectIn(now, "scripts")];
  return Object.entries(was).flatMap(([name, command]) => {
    if (!judges.test(name) || typeof command !== "string" || is[name] === command) return [];
    const value = is[name];
    const next = typeof value === "string" ? value : undefined;
    const why = next === undefined ? goneWhy(name, { was, is }) : weakness(command, next);
    if (why === null) return [];
    const quote = next === undefined ? `"${name}": "${command}"` : `"${name}": "${next}"`;
    return [
      {
        kind: "test-script",
        file: path,
        line: lineOfKey(after, name),
        quote: quoteOf(quote),
        why: `a script that judges the change ${why}`,
      },
    ];
  });
}

/** A script whose command has another name now is not gone. */
function goneWhy(name: string, { was, is }: { was: object; is: object }): string | null {
  const command = Object.entries(was).find(([key]) => key === name)?.[1];
  return Object.values(is).includes(command) ? null : "is taken out";
}

function weakness(before: string, after: string): string | null {
  const is = (pattern: RegExp): boolean => pattern.test(after) && !pattern.test(before);
  if (is(alwaysGreen)) return "ends well whatever happens";
  if (is(noTests)) return "ends well without any test";
  if (is(leavesOut)) return "leaves tests out";
  return null;
}

function compareLines(change: Change, file: ChangedFile): Found[] {
  if (file.before === null || file.after === null) return [];
  const gone = linesOf(change, file, "gone").map(({ text }) => text);
  return linesOf(change, file, "fresh").flatMap((line) => {
    const command = line.text.replace(/^\s*(?:[\w-]+\s*[:=]|-)?\s*@?/, "");
    if (command === "" || /^\s*#/.test(line.text) || gone.some((text) => weakness("", text) !== null))
      return [];
    // A leading dash lets make go on after a failure.
    const why = /^\t-\w/.test(line.text) ? "ends well whatever happens" : weakness("", command);
    const isEcho = /^\s*@?echo\b/.test(command);
    return why === null || isEcho
      ? []
      : [foundAt(line, { kind: "test-script", file: file.path, why: `a command ${why}` })];
  });
}
