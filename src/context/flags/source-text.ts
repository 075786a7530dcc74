/** One source text, seen twice: what the machine runs, and what is only said. Both keep every line and column. */
export type SourceText = {
  /** Strings' contents and comments are blanks. */
  code: string[];
  /** All but comments is blanks. */
  comments: string[];
};

type Syntax = {
  line: readonly string[];
  block: readonly (readonly [string, string])[];
  /** Quotes whose string may span lines come first, the longest first. */
  strings: readonly { quote: string; spans: boolean }[];
  regexes: boolean;
};

const slashes: Pick<Syntax, "line" | "block"> = { line: ["//"], block: [["/*", "*/"]] };
const double = { quote: '"', spans: false };
const single = { quote: "'", spans: false };

const script: Syntax = {
  ...slashes,
  strings: [{ quote: "`", spans: true }, double, single],
  regexes: true,
};
const python: Syntax = {
  line: ["#"],
  block: [],
  strings: [{ quote: '"""', spans: true }, { quote: "'''", spans: true }, double, single],
  regexes: false,
};
const hashes: Syntax = { line: ["#"], block: [], strings: [double, single], regexes: false };
/** A quote in Rust may begin a lifetime, so only double ones count. */
const compiled: Syntax = { ...slashes, strings: [{ quote: "`", spans: true }, double], regexes: false };

const syntaxes: readonly [RegExp, Syntax][] = [
  [/\.([cm]?[jt]sx?|jsonc?|json5|vue|svelte)$/, script],
  [/\.pyi?$/, python],
  [/\.(rb|ya?ml|toml|ini|cfg|sh|bash|mk|cmake)$|(^|\/)(Makefile|Jenkinsfile)$/, hashes],
  [/\.(go|rs|java|kt|kts|cs|swift|c|cc|cpp|h|hpp|scala|php|dart)$/, compiled],
];

/** Texts in an unknown language are all code. */
export function readSource(path: string, text: string): SourceText {
  const syntax = syntaxes.find(([pattern]) => pattern.test(path))?.[1];
  if (syntax === undefined) return { code: text.split("\n"), comments: text.split("\n").map(() => "") };
  const { code, comments } = new Scanner(text, syntax).scan();
  return { code: code.split("\n"), comments: comments.split("\n") };
}

/** Good enough to tell code from words; where it errs, it errs to the end of a line. */
class Scanner {
  readonly #text: string;
  readonly #syntax: Syntax;
  #at = 0;
  #code = "";
  #comments = "";
  #lastCode = "";
  /** Depth of braces at which an enclosing template goes on. */
  readonly #templates: number[] = [];
  #depth = 0;

  constructor(text: string, syntax: Syntax) {
    this.#text = text;
    this.#syntax = syntax;
  }

  scan(): { code: string; comments: string } {
    while (this.#at < this.#text.length) this.#step();
    return { code: this.#code, comments: this.#comments };
  }

  #step(): void {
    const { line, block, strings, regexes } = this.#syntax;
    if (line.some((mark) => this.#is(mark))) return this.#take("comment", this.#until("\n", 0));
    const opened = block.find(([open]) => this.#is(open));
    if (opened) return this.#take("comment", this.#until(opened[1], opened[0].length, true));
    const string = strings.find(({ quote }) => this.#is(quote));
    if (string) return this.#string(string);
    const character = this.#text[this.#at] ?? "";
    if (regexes && character === "/" && /^$|[(,=:[!&|?{};]/.test(this.#lastCode)) return this.#regex();
    if (character === "{") this.#depth += 1;
    if (character === "}") {
      this.#depth -= 1;
      if (this.#templates.at(-1) === this.#depth) {
        this.#templates.pop();
        this.#take("code", this.#at + 1);
        return this.#template();
      }
    }
    this.#take("code", this.#at + 1);
  }

  #string({ quote, spans }: { quote: string; spans: boolean }): void {
    this.#take("code", this.#at + quote.length);
    if (quote === "`" && this.#syntax.regexes) return this.#template();
    let end = this.#at;
    while (end < this.#text.length && !this.#text.startsWith(quote, end)) {
      if (this.#text[end] === "\n" && !spans) break;
      end += this.#text[end] === "\\" && this.#text[end + 1] !== "\n" ? 2 : 1;
    }
    this.#take("string", end);
    if (this.#is(quote)) this.#take("code", this.#at + quote.length);
  }

  /** To the closing backtick, or into `${`, whose end comes back here. */
  #template(): void {
    let end = this.#at;
    while (end < this.#text.length && this.#text[end] !== "`" && !this.#text.startsWith("${", end))
      end += this.#text[end] === "\\" ? 2 : 1;
    this.#take("string", end);
    if (this.#is("${")) {
      this.#templates.push(this.#depth);
      this.#depth += 1;
      return this.#take("code", this.#at + 2);
    }
    if (this.#is("`")) this.#take("code", this.#at + 1);
  }

  #regex(): void {
    const found = /^\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//.exec(
      this.#text.slice(this.#at, this.#at + 500),
    );
    this.#take(found ? "string" : "code", this.#at + (found?.[0].length ?? 1));
    this.#lastCode = "/";
  }

  #is(mark: string): boolean {
    return this.#text.startsWith(mark, this.#at);
  }

  #until(mark: string, skip: number, included = false): number {
    const found = this.#text.indexOf(mark, this.#at + skip);
    return found === -1 ? this.#text.length : found + (included ? mark.length : 0);
  }

  #take(as: "code" | "comment" | "string", end: number): void {
    const part = this.#text.slice(this.#at, end);
    const blank = part.replace(/[^\n]/g, " ");
    this.#code += as === "code" ? part : blank;
    this.#comments += as === "comment" ? part : blank;
    if (as === "code" && part.trim() !== "") this.#lastCode = part.trim().at(-1) ?? "";
    this.#at = Math.min(end, this.#text.length);
  }
}
