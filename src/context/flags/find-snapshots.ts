import type { Change, ChangedFile } from "./changed-file.ts";
import type { Found } from "./finding.ts";

const fewest = 3;

/** Recorded expectations that were taken anew wholesale: half of a file's or more, and at least three. */
export function findRewrittenSnapshots({ files }: Change): Found[] {
  return files
    .filter(
      ({ path, before }) =>
        before !== null && /\.snap$|(^|\/)__snapshots__\/|\.(approved|snap)\.\w+$/.test(path),
    )
    .flatMap((file) => {
      if (file.after === null && files.some(({ path, after }) => path !== file.path && after === file.before))
        return [];
      const { changed, all } = compare(file);
      if (changed < fewest || changed * 2 < all) return [];
      const why = `${changed} of ${all} recorded expectations are other ones now`;
      return [
        { kind: "snapshot-rewritten", file: file.path, line: 0, quote: "", why, about: file.after ?? "" },
      ];
    });
}

function compare({ before, after }: ChangedFile): { changed: number; all: number } {
  const [was, is] = [entriesOf(before ?? ""), entriesOf(after ?? "")];
  const changed = [...was].filter(([name, text]) => is.get(name) !== text).length;
  return { changed, all: was.size };
}

/** Jest's and vitest's entries by name; elsewhere each line is one. */
function entriesOf(text: string): Map<string, string> {
  const entries = [...text.matchAll(/^exports\[`(.*?)`\] = `([^]*?)`;$/gm)];
  if (entries.length > 0) return new Map(entries.map(([, name = "", body = ""]) => [name, body]));
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return new Map(lines.map((line) => [line, line]));
}
