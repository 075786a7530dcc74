import { defineConfig } from "vitest/config";
import { PlainReporter } from "./test/support/plain-reporter.ts";

/** Whole runs, installs and other programs; `vitest run --project fast` leaves them and the programs out. */
const slow = [
  "test/e2e/**/*.test.ts",
  "test/package/**/*.test.ts",
  "test/plugin/**/*.test.ts",
  "test/bench/**/*.test.ts",
];
/** Whole runs, and floods, for which minutes are not too many. */
const long = [
  "test/soak/**/*.test.ts",
  "test/e2e/acp-hanging.test.ts",
  "test/e2e/keys.test.ts",
  "test/e2e/model-faults-long.test.ts",
  "test/e2e/npm-package.test.ts",
  "test/e2e/person-meanwhile.test.ts",
  "test/e2e/second-run.test.ts",
  "test/e2e/signals-by-phase.test.ts",
  "test/e2e/sweep.test.ts",
  "test/sandbox/great-flood.test.ts",
];
/** Real agent programs from npm, installed once into a cache. The last word on each is in `more`, for whoever changes one. */
const programs = ["test/programs/*.test.ts"];
const morePrograms = ["test/programs/more/*.test.ts"];

/** Whole runs are of the program as it is installed. */
const globalSetup = ["test/support/build-program.ts"];

export default defineConfig({
  test: {
    maxWorkers: 3,
    reporters: ["default", new PlainReporter()],
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: [...slow, ...long, ...programs, ...morePrograms],
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "slow",
          globalSetup,
          include: slow,
          exclude: long,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: { name: "long", globalSetup, include: long, testTimeout: 600_000, hookTimeout: 180_000 },
      },
      {
        extends: true,
        test: {
          name: "programs",
          globalSetup,
          include: programs,
          testTimeout: 180_000,
          hookTimeout: 360_000,
        },
      },
      {
        extends: true,
        test: {
          name: "more-programs",
          globalSetup,
          include: morePrograms,
          testTimeout: 180_000,
          hookTimeout: 360_000,
        },
      },
    ],
  },
});
