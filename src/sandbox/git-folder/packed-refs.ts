// Texts of the file `packed-refs`, in latin1, so that they are ordered as git orders them, by bytes. Its form:
// https://github.com/git/git/blob/master/refs/packed-backend.c

export type PackedRef = { name: string; commit: string };

/** Says nothing of tags that lead to nothing further: git looks at the objects of those that come from files of their own. */
const header = "# pack-refs with: sorted \n";

/** Its refs in order, without the header. */
export function readPacked(text: string): string {
  const [first = ""] = text.split("\n", 1);
  if (!first.startsWith("#")) return inOrder(text);
  const refs = text.slice(first.length + 1);
  return / sorted(?: |$)/.test(first) ? refs : inOrder(refs);
}

function inOrder(refs: string): string {
  const records = refs.split(/(?<=\n)(?!\^)/);
  return records
    .map((record) => ({ record, name: nameAt(record, 0) }))
    .sort((a, b) => compare(a.name, b.name))
    .map(({ record }) => record)
    .join("");
}

/** The whole file, with other refs in it; they count more than those of the same name. @param packed by `readPacked` */
export function mergePacked(packed: string, refs: readonly PackedRef[]): string {
  const parts = [header];
  let from = 0;
  for (const { name, commit } of refs.toSorted((a, b) => compare(a.name, b.name))) {
    const place = placeOf(packed, { name, from });
    parts.push(packed.slice(from, place), `${commit} ${name}\n`);
    from = place < packed.length && nameAt(packed, place) === name ? endOf(packed, place) : place;
  }
  parts.push(packed.slice(from));
  return parts.join("");
}

/** Where the first record begins that does not come before `name`. */
function placeOf(packed: string, { name, from }: { name: string; from: number }): number {
  let [low, high] = [from, packed.length];
  while (low < high) {
    const middle = startOf(packed, Math.floor((low + high) / 2));
    if (compare(nameAt(packed, middle), name) < 0) low = endOf(packed, middle);
    else high = middle;
  }
  return low;
}

/** A record may have a second line: what an annotated tag leads to. */
function startOf(packed: string, within: number): number {
  const start = within === 0 ? 0 : packed.lastIndexOf("\n", within - 1) + 1;
  return packed[start] === "^" ? packed.lastIndexOf("\n", start - 2) + 1 : start;
}

function endOf(packed: string, start: number): number {
  const next = lineEnd(packed, start) + 1;
  return packed[next] === "^" ? lineEnd(packed, next) + 1 : next;
}

function nameAt(packed: string, start: number): string {
  return packed.slice(packed.indexOf(" ", start) + 1, lineEnd(packed, start));
}

function lineEnd(packed: string, start: number): number {
  const end = packed.indexOf("\n", start);
  return end === -1 ? packed.length : end;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
