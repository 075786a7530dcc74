import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { affectedCommand } from "../../src/core/affected-command.ts";

test("any name arrives as one argument that is no option, as it is", () => {
  const awkward = ["a b", "-rf", "new\nline", "it's", '"', "$(touch x)", "`x`", "\\", "{files}", "$&", "ü"];
  const name = fc.oneof(fc.constantFrom(...awkward), fc.stringMatching(/^[ -~\n]{1,9}$/));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (files) => {
      const command = affectedCommand(String.raw`printf '%s\0' {files}`, files) ?? "";
      const said = execFileSync("sh", ["-c", command], { encoding: "utf8" });
      expect(said.split("\0").slice(0, -1)).toEqual(files.map((file) => `./${file}`));
    }),
    { numRuns: 20, examples: [[awkward]] },
  );
});

test("there is no command for no files, for a name that is not UTF-8, and for more than a command may hold", () => {
  expect(affectedCommand("check {files}", [])).toBeNull();
  expect(affectedCommand("check {files}", ["a\uFFFD"])).toBeNull();
  expect(affectedCommand("check {files}", ["x".repeat(100_000)])).toBeNull();
});
