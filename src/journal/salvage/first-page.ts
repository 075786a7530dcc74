import { closeSync, fstatSync, openSync, readFileSync, writeSync } from "node:fs";

/** https://www.sqlite.org/fileformat2.html#the_database_header; SQLite's own page size, which we never change. */
const pageBytes = 4096;
const pagesAt = 28;
const freePagesAt = 32;

/**
 * Puts the first page of an empty journal in the place of a damaged one's. It holds the file's header and the list of
 * tables with where they begin, which is the same in every journal that was made by the same steps.
 */
export function replaceFirstPage(file: string, empty: string): void {
  const page = readFileSync(empty).subarray(0, pageBytes);
  const to = openSync(file, "r+");
  try {
    page.writeUInt32BE(Math.max(1, Math.floor(fstatSync(to).size / pageBytes)), pagesAt);
    // Free pages are not looked for: nothing is written into the copy that this is done to.
    page.writeBigUInt64BE(0n, freePagesAt);
    writeSync(to, page, 0, pageBytes, 0);
  } finally {
    closeSync(to);
  }
}
