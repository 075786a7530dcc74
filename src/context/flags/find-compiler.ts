import { type Change, type ChangedFile, linesOf } from "./changed-file.ts";
import { type Found, foundAt, quoteOf } from "./finding.ts";
import { type Json, lineOfKey, listIn, objectIn, readJson } from "./read-json.ts";

/** Settings whose `true` finds more. */
const strict =
  /^(strict\w*|noImplicit\w+|noUnchecked\w+|noUnused\w+|noFallthrough\w+|noPropertyAccess\w+|noEmitOnError|exactOptionalPropertyTypes|useUnknownInCatchVariables|alwaysStrict|checkJs|forceConsistentCasingInFileNames|verbatimModuleSyntax|isolatedDeclarations|erasableSyntaxOnly)$/;
/** Settings whose `true` finds less. */
const loose =
  /^(skipLibCheck|skipDefaultLibCheck|allowUnreachableCode|allowUnusedLabels|suppress\w+|noCheck|noStrictGenericChecks)$/;

/** Compilers and type checkers that were told to find less. */
export function findLoosenedCompiler(change: Change): Found[] {
  return change.files.flatMap((file) => {
    if (/(^|\/)(tsconfig|jsconfig)[^/]*\.json$/.test(file.path)) return compareTsconfig(file);
    if (
      /(^|\/)(pyproject\.toml|mypy\.ini|\.mypy\.ini|setup\.cfg|pyrightconfig\.json|Cargo\.toml)$/.test(
        file.path,
      )
    )
      return compareLines(change, file);
    return [];
  });
}

function compareTsconfig({ path, before, after }: ChangedFile): Found[] {
  const [old, now] = [readJson(before), readJson(after)];
  if (old === null || now === null) return [];
  const [was, is] = [objectIn(old, "compilerOptions"), objectIn(now, "compilerOptions")];
  // What a base config says, is not known here: a setting may have moved there.
  const inherits =
    now["extends"] !== undefined && JSON.stringify(now["extends"]) !== JSON.stringify(old["extends"]);
  const say = (key: string, why: string, quote: string): Found => ({
    kind: "compiler-loosened",
    file: path,
    line: lineOfKey(after, key),
    quote: quoteOf(quote),
    why,
  });
  const options = [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    isLooser(key, { was, is, inherits })
      ? [say(key, `the compiler's ${key} is loosened`, `${key}: ${String(was[key])} → ${String(is[key])}`)]
      : [],
  );
  const excluded = listIn(now, "exclude").filter(
    (entry) => !listIn(old, "exclude").includes(entry) && !harmless.test(entry),
  );
  const included = listIn(now, "include");
  const dropped =
    included.length === 0 ? [] : listIn(old, "include").filter((entry) => !included.includes(entry));
  const narrowed =
    dropped.length > 0 && included.every((entry) => listIn(old, "include").includes(entry)) ? dropped : [];
  return [
    ...options,
    ...excluded.map((entry) =>
      say("exclude", "files are left out of the compiler's check", `exclude: ${entry}`),
    ),
    ...narrowed.map((entry) =>
      say("include", "files are left out of the compiler's check", `include without ${entry}`),
    ),
  ];
}

/** Nobody checks what is built or installed. */
const harmless = /(^|\/)(node_modules|dist|build|out|coverage|\.\w+)(\/|$)/;

function isLooser(key: string, { was, is, inherits }: { was: Json; is: Json; inherits: boolean }): boolean {
  if (strict.test(key))
    return (
      (is[key] === false && was[key] !== false) ||
      (was[key] === true && is[key] === undefined && !inherits && !isImplied(key, is))
    );
  return loose.test(key) && is[key] === true && was[key] !== true;
}

/** `strict` switches its whole family on. */
function isImplied(key: string, is: Json): boolean {
  return (
    is["strict"] === true &&
    /^(strict\w+|noImplicitAny|noImplicitThis|useUnknownInCatchVariables|alwaysStrict)$/.test(key)
  );
}

const looserLine =
  /^\s*"?(ignore_errors|ignore_missing_imports|follow_imports|allow_untyped_\w+|reportMissing\w+|typeCheckingMode|implicit_optional)"?\s*[=:]\s*"?(true|True|"?skip|silent|none|off|basic|false)"?|^\s*"?(strict|disallow_\w+|warn_\w+|check_untyped_defs|strict_\w+|no_implicit_\w+)"?\s*[=:]\s*(false|False)\b|^\s*[\w-]+\s*=\s*"allow"/;
const strictLine =
  /^\s*"?(strict|disallow_\w+|check_untyped_defs|warn_unused_\w+|strict_\w+)"?\s*[=:]\s*(true|True)\b|^\s*[\w-]+\s*=\s*"(deny|forbid)"/;

function compareLines(change: Change, file: ChangedFile): Found[] {
  if (file.before === null || file.after === null) return [];
  const fresh = linesOf(change, file, "fresh");
  const keyOf = (text: string): string => /[\w-]+/.exec(text)?.[0] ?? "";
  const off = fresh.filter(({ text }) => looserLine.test(text));
  const lost = linesOf(change, file, "gone").filter(
    ({ text }) => strictLine.test(text) && !fresh.some((line) => keyOf(line.text) === keyOf(text)),
  );
  return [...off, ...lost].map((line) =>
    foundAt(line, { kind: "compiler-loosened", file: file.path, why: "a checker is told to find less" }),
  );
}
