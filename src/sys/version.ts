import { readFileSync } from "node:fs";
import { join } from "node:path";

/** This program's version. package.json stands beside both `src/` and `dist/`. */
export function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, "../../package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
