import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keepSealedInstalls, sealInstalls } from "../../../src/git/installs/sealed-installs.ts";
import { makeFolder, write } from "../make-repository.ts";

const runner = "node_modules/runner/index.js";

/** A checkout with two packages installed, one of them in a package of its own, sealed a moment ago. */
async function installed(): Promise<{ path: string; gitDir: string }> {
  const folder = makeFolder();
  const checkout = { path: join(folder, "tree"), gitDir: join(folder, "git") };
  write(checkout.path, {
    [runner]: "judges\n",
    "node_modules/@scope/a/index.js": "a\n",
    "node_modules/.bin/runner": "judges\n",
    "packages/p/node_modules/b/index.js": "b\n",
    "src/a.js": "1\n",
  });
  write(checkout.gitDir, { HEAD: "" });
  // File times go in steps of some milliseconds.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await sealInstalls(checkout);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return checkout;
}

test("installs that nobody touched stay, and what tools cached among them goes", async () => {
  const checkout = await installed();
  write(checkout.path, {
    "node_modules/.vite/results.json": "{}",
    "node_modules/.cache/x.js": "evil",
    "src/b.js": "2",
  });
  expect(await keepSealedInstalls(checkout)).toBe(true);
  expect(existsSync(join(checkout.path, "node_modules/.vite"))).toBe(false);
  expect(existsSync(join(checkout.path, "node_modules/.cache"))).toBe(false);
  expect(readFileSync(join(checkout.path, runner), "utf8")).toBe("judges\n");
  expect(await keepSealedInstalls(checkout)).toBe(true);
});

test.each<[string, (path: string) => void]>([
  [
    "written, and its time set back",
    (path) => {
      writeFileSync(join(path, runner), "approves\n");
      utimesSync(join(path, runner), new Date(0), new Date(0));
    },
  ],
  ["added", (path) => write(path, { "node_modules/another/index.js": "evil\n" })],
  ["added in a folder of packages", (path) => write(path, { "node_modules/@scope/b/index.js": "evil\n" })],
  ["taken away", (path) => rmSync(join(path, "node_modules/runner"), { recursive: true })],
  [
    "replaced by a link",
    (path) => {
      rmSync(join(path, "node_modules/.bin/runner"));
      symlinkSync("/bin/true", join(path, "node_modules/.bin/runner"));
    },
  ],
  [
    "moved in from elsewhere",
    (path) => {
      renameSync(join(path, "node_modules/runner"), join(path, "old"));
      renameSync(join(path, "old"), join(path, "node_modules/runner"));
    },
  ],
  ["given other rights", (path) => chmodSync(join(path, runner), 0o755)],
  [
    "changed in a package of its own",
    (path) => write(path, { "packages/p/node_modules/b/index.js": "evil\n" }),
  ],
  ["installed where nothing was", (path) => write(path, { "packages/q/node_modules/c/index.js": "evil\n" })],
])("what was %s since takes all installs with it", async (_name, touch) => {
  const checkout = await installed();
  touch(checkout.path);
  expect(await keepSealedInstalls(checkout)).toBe(false);
  for (const path of ["node_modules", "packages/p/node_modules", "packages/q/node_modules"])
    expect(existsSync(join(checkout.path, path)), path).toBe(false);
  expect(existsSync(join(checkout.path, "src/a.js"))).toBe(true);
});

test("what nobody sealed goes", async () => {
  const folder = makeFolder();
  write(folder, { "tree/node_modules/x/index.js": "x", "git/HEAD": "" });
  expect(await keepSealedInstalls({ path: join(folder, "tree"), gitDir: join(folder, "git") })).toBe(false);
  expect(existsSync(join(folder, "tree/node_modules"))).toBe(false);
});
