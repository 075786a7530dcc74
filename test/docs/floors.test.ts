import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** File → an import that its floor forbids. */
const planted: Record<string, string> = {
  "src/core/a-built-in.ts": "node:fs",
  "src/core/a-package.ts": "zod",
  "src/core/a-room-above.ts": "../sys/paths.ts",
  "src/core/merge-queue/a-package.ts": "zod",
  "src/core/merge-queue/a-room-above.ts": "../../sys/paths.ts",
  "src/sys/planted.ts": "../git/refs/refs.ts",
  "src/git/planted.ts": "../journal/journal.ts",
  "src/git/refs/planted.ts": "../../journal/journal.ts",
  "src/journal/planted.ts": "../git/refs/refs.ts",
  "src/sandbox/planted.ts": "../context/skill.ts",
  "src/models/planted.ts": "../config/load.ts",
  "src/gateway/planted.ts": "../models/model.ts",
  "src/formats/planted.ts": "../sandbox/sandbox.ts",
  "src/config/planted.ts": "../models/model.ts",
  "src/config/detect/planted.ts": "../../formats/detect.ts",
  "src/context/planted.ts": "../models/model.ts",
  "src/agents/planted.ts": "../journal/journal.ts",
  "src/agents/api/planted.ts": "../../git/refs/refs.ts",
  "src/stages/work/the-journal.ts": "../../journal/journal.ts",
  "src/stages/work/another-stage.ts": "../gate/run-gates.ts",
  "src/stages/gate/another-stage.ts": "../setup/set-up.ts",
  "src/engine/planted.ts": "../report/plain.ts",
  "src/report/planted.ts": "../sys/paths.ts",
  "src/cli/planted.ts": "../git/refs/refs.ts",
  ...Object.fromEntries(
    ["core", "sys", "git", "agents", "stages", "engine", "report", "cli"].map((room) => [
      `src/${room}/the-root.ts`,
      "../main.ts",
    ]),
  ),
};

/** File → an import that is right, so that the rules are not found to hold by refusing everything. */
const allowed: Record<string, string> = {
  "src/core/allowed.ts": "./plan.ts",
  "src/core/merge-queue/allowed.ts": "../plan.ts",
  "src/git/allowed.ts": "../sys/paths.ts",
  "src/git/refs/allowed.ts": "../../sys/paths.ts",
  "src/agents/api/allowed.ts": "../../models/model.ts",
  "src/stages/work/allowed.ts": "../../git/worktree.ts",
  "src/engine/allowed.ts": "../journal/journal.ts",
  "src/report/allowed.ts": "../core/event.ts",
  "src/cli/allowed.ts": "../engine/prepare.ts",
};

/** File → code that the pure core may not contain. */
const impure: Record<string, string> = {
  "src/core/a-clock.ts": "export const at: number = Date.now();\n",
  "src/core/chance.ts": "export const dice: number = Math.random();\n",
  "src/core/the-environment.ts": "export const home: unknown = process.env;\n",
};

test("the linter refuses a planted violation of every floor, and nothing that is allowed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "agentx-floors-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  copyFileSync(join(root, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  const importing = (from: string): string => `import * as planted from "${from}";\nexport { planted };\n`;
  for (const [file, from] of Object.entries({ ...planted, ...allowed }))
    write(join(folder, file), importing(from));
  for (const [file, code] of Object.entries(impure)) write(join(folder, file), code);
  const reported = await lint(folder);
  expect(reported).toEqual([...Object.keys(planted), ...Object.keys(impure)].toSorted());
});

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The files with a `no-restricted-…` finding. */
function lint(folder: string): Promise<string[]> {
  const oxlint = join(root, "node_modules/oxlint/bin/oxlint");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [oxlint, "--format", "json"], { cwd: folder }, (_, stdout) => {
      try {
        const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] };
        const files = diagnostics
          .filter(({ code }) => code.includes("no-restricted"))
          .map(({ filename }) => filename);
        resolve([...new Set(files)].toSorted());
      } catch {
        reject(new Error(`oxlint said: ${stdout}`));
      }
    });
  });
}
