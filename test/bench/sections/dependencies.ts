import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { shareInstalls, takeInstalls } from "../../../src/git/installs/shared-installs.ts";
import { git } from "../../support/git.ts";
import { benchFolder } from "../bench-folder.ts";
import { measurePairs } from "../pairs.ts";
import { timeRow, type Section } from "../section.ts";

const packages = 200;
const filesEach = 10;

/** What a set-up has installed, had again by another checkout: no set-up runs for it, and what is left is the copy. */
export const dependencies: Section = {
  name: "dependencies",
  title: "Installed dependencies",
  measure: async ({ quick }) => {
    using folder = benchFolder();
    const first = join(folder.path, "first");
    git(folder.path, "init", "--quiet", first);
    for (let at = 0; at < packages; at += 1) {
      const place = join(first, "node_modules", `package-${at}`);
      mkdirSync(place, { recursive: true });
      for (let file = 0; file < filesEach; file += 1)
        writeFileSync(join(place, `${file}.js`), "x".repeat(4000));
    }
    const share = { folder: join(folder.path, "installs"), key: "lock" };
    await shareInstalls({ path: first, gitDir: join(first, ".git") }, share);
    const path = join(folder.path, "further");
    const install = join(path, "node_modules");
    const empty = (): void => {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path);
    };
    const copied = await measurePairs(
      {
        baseline: async () => {
          empty();
          await execa("cp", ["-R", join(first, "node_modules"), install]);
        },
        ours: async () => {
          empty();
          if (!(await takeInstalls({ path, gitDir: path }, share))) throw new Error("nothing was shared");
        },
      },
      { pairs: quick ? 3 : 30 },
    );
    const what = `${packages * filesEach} installed files in a further checkout; against \`cp -R\``;
    return [timeRow({ name: "further checkout", what, bound: 1.5 }, copied)];
  },
};
