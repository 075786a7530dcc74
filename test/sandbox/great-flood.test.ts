import { test } from "vitest";
import { expectFloodKept } from "./flooded.ts";
import { describeSandboxed } from "./support.ts";

describeSandboxed("a flood of 2 GB of lines, and of 100 MB on one line or of no text,", () => {
  test("is kept in part and takes no memory", { timeout: 1_800_000 }, () =>
    expectFloodKept({ linesMb: 2000, restMb: 100 }),
  );
});
