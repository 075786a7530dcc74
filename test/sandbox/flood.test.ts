import { test } from "vitest";
import { expectFloodKept } from "./flooded.ts";
import { describeSandboxed } from "./support.ts";

describeSandboxed(
  "the orchestrator's memory grows with what agents print: a flood of output, of any kind,",
  () => {
    test("is kept in part and takes no memory", () => expectFloodKept({ linesMb: 40, restMb: 40 }));
  },
);
