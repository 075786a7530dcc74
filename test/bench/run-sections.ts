import { loadNow } from "./machine.ts";
import { renderRows, verdictOf, type Section } from "./section.ts";

type Options = { quick: boolean; print: (text: string) => void };

/** Measures one section after the other. @returns whether all rows are within their bounds */
export async function runSections(sections: readonly Section[], { quick, print }: Options): Promise<boolean> {
  let isWithin = true;
  for (const { title, measure } of sections) {
    const before = loadNow();
    const rows = await measure({ quick });
    print(`## ${title}\n\n${renderRows(rows)}\n\nLoad before and after: ${before}, ${loadNow()}.\n`);
    if (rows.some((row) => verdictOf(row) !== "within")) isWithin = false;
  }
  return isWithin;
}

/** @param names with commas between them; all sections where there are none. @throws when there is none of a name */
export function pickSections(sections: readonly Section[], names: string | undefined): Section[] {
  if (names === undefined) return [...sections];
  return names.split(",").map((name) => {
    const found = sections.find((section) => section.name === name);
    if (found) return found;
    throw new Error(`--only: no section "${name}"; there are ${sections.map((one) => one.name).join(", ")}`);
  });
}
