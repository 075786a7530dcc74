import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const file = join(import.meta.dirname, "../../../src/sys/processes/inherited-fds.ts");
/** What is found at first, and whether it is found anew when more files are open. */
const program = `
import { openSync } from "node:fs";
import { inheritedFds } from ${JSON.stringify(file)};
const first = inheritedFds();
openSync("/dev/null", "r");
process.stdout.write(JSON.stringify([first, inheritedFds() === first]));
`;

test("what a process was started with is found, once for all sandboxes", () => {
  // Node itself closes the lowest ones for its children.
  const script = `exec "$0" --input-type=module -e "$1" 40</dev/null`;
  const said = execFileSync("bash", ["-c", script, process.execPath, program]);
  const [found, isSame] = JSON.parse(said.toString()) as [number[], boolean];
  expect(found).toContain(40);
  expect(isSame).toBe(true);
});
