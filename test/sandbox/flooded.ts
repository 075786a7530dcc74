import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { worktree } from "./support.ts";

const line = "src/a.ts:1 error\n";
const program = join(import.meta.dirname, "flood.ts");

/** Floods of so many MB, in a process of their own that keeps little of them and stays below 200 MB. */
export async function expectFloodKept({
  linesMb,
  restMb,
}: Record<"linesMb" | "restMb", number>): Promise<void> {
  using place = worktree();
  const args = [program, place.root, String(linesMb), String(restMb)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { kept, guest, rssMb } = JSON.parse(stdout) as {
    kept: Record<string, { totalBytes: number; keptBytes: number }>;
    guest: { lines: number; dropped: number };
    rssMb: number;
  };
  expect(Object.values(kept).map(({ totalBytes }) => totalBytes)).toEqual(
    [linesMb, linesMb, restMb, restMb].map((megabytes) => megabytes * 1_000_000),
  );
  for (const [name, { keptBytes }] of Object.entries(kept)) expect(keptBytes, name).toBeLessThan(1_000_000);
  // The line that is too long is dropped, and the one after it is read.
  expect(guest).toEqual({ lines: Math.floor((linesMb * 1_000_000) / line.length) + 1, dropped: 1 });
  expect(rssMb).toBeLessThan(200);
}
