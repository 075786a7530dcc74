import { readListed, type Project } from "./toolset.ts";

export type PackageManager = {
  name: "npm" | "pnpm" | "yarn" | "bun";
  /** The file or field that says so. */
  because: string;
  install: string;
  /** Added to `install`, leaves the packages' own install scripts out: code that nobody chose to run. */
  withoutScripts: string;
  /** Runs a script of package.json. */
  run: (script: string) => string;
  /** Runs an installed program, and never downloads one. */
  exec: (command: string) => string;
};

const lockFiles: readonly (readonly [string, PackageManager["name"]])[] = [
  ["package-lock.json", "npm"],
  ["npm-shrinkwrap.json", "npm"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
];

const withoutScripts = "--ignore-scripts";

/** @param declared package.json's `packageManager`, such as `pnpm@10.1.0`; it wins over a lock file. */
export async function findPackageManager(project: Project, declared: unknown): Promise<PackageManager> {
  const [, field, version = ""] = /^(npm|pnpm|yarn|bun)@(.*)$/.exec(String(declared)) ?? [];
  const named = lockFiles.find(([, name]) => name === field)?.[1];
  const lock = lockFiles.find(([file, name]) => project.files.includes(file) && (named ?? name) === name);
  const name = named ?? lock?.[1] ?? "npm";
  const isLocked = lock !== undefined;
  const because =
    named === undefined ? (lock?.[0] ?? "no lock file") : `packageManager is ${String(declared)}`;
  switch (name) {
    case "npm":
      return {
        name,
        because,
        install: isLocked ? "npm ci" : "npm install",
        withoutScripts,
        run: (script) => (script === "test" ? "npm test" : `npm run ${script}`),
        exec: (command) => `npx --no-install ${command}`,
      };
    case "pnpm":
      return {
        name,
        because,
        install: isLocked ? "pnpm install --frozen-lockfile" : "pnpm install",
        withoutScripts,
        run: (script) => `pnpm run ${script}`,
        exec: (command) => `pnpm exec ${command}`,
      };
    case "yarn": {
      const isNew = await isBerry(project, version);
      const frozen = isNew ? "--immutable" : "--frozen-lockfile";
      return {
        name,
        because,
        install: isLocked ? `yarn install ${frozen}` : "yarn install",
        withoutScripts: isNew ? "--mode=skip-build" : withoutScripts,
        run: (script) => `yarn run ${script}`,
        exec: (command) => `yarn run ${command}`,
      };
    }
    case "bun":
      return {
        name,
        because,
        install: isLocked ? "bun install --frozen-lockfile" : "bun install",
        withoutScripts,
        // `bun test` is bun's own test runner, not the script.
        run: (script) => `bun run ${script}`,
        exec: (command) => `bunx --no-install ${command}`,
      };
  }
}

/** Yarn 2 and later renamed the flag; its lock file begins with metadata. */
async function isBerry(project: Project, version: string): Promise<boolean> {
  if (version !== "") return !/^[01]\./.test(version);
  if (project.files.includes(".yarnrc.yml")) return true;
  return /^__metadata:/m.test((await readListed(project, "yarn.lock")) ?? "");
}
