import { fileURLToPath } from "node:url";
import { execa } from "execa";
import process from "node:process";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../fixtures/sys/live-objects.mjs", import.meta.url));

test("V8's space for new objects stays where it is bounded, whatever lives in it", async () => {
  const { stdout } = await execa(process.execPath, [program]);
  expect(Number(stdout)).toBe(32);
});
