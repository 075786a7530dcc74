import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { describeSandboxed, worktree } from "./support.ts";

describeSandboxed(
  "the orchestrator's memory grows with what agents print: a flood of output, of any kind,",
  () => {
    test("is kept in part and takes no memory", async () => {
      using place = worktree();
      const program = join(import.meta.dirname, "flood.ts");
      const { stdout } = await promisify(execFile)(process.execPath, [program, place.root, "40"]);
      const { kept, guest, rssMb } = JSON.parse(stdout) as {
        kept: Record<string, { totalBytes: number; keptBytes: number }>;
        guest: { lines: number; dropped: number };
        rssMb: number;
      };
      for (const name of ["lines", "one line", "binary"]) {
        expect(kept[name]?.totalBytes).toBe(40_000_000);
        expect(kept[name]?.keptBytes).toBeLessThan(1_000_000);
      }
      // The line that is too long is dropped, and the one after it is read.
      expect(guest).toEqual({ lines: 1, dropped: 1 });
      expect(rssMb).toBeLessThan(200);
    });
  },
);
