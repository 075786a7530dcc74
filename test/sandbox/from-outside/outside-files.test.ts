import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { walledFiles } from "../../../src/sandbox/from-outside/outside-files.ts";
import { specFor, worktree } from "../support.ts";

test("a worktree below the place of HOME is read as the worktree", async () => {
  using place = worktree();
  writeFileSync(join(place.root, "a"), "mine");
  const spec = specFor(place.root, { home: place.outside });
  // As if HOME were seen inside in the folder above.
  const outside = walledFiles(spec, dirname(place.root));
  expect(await outside.readFile(join(place.root, "a"))).toMatchObject({ text: "mine" });
});
