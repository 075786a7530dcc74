import { defineConfig } from "vitest/config";
import { PlainReporter } from "./test/support/plain-reporter.ts";

/** Whole runs, installs and other programs; `vitest run --project fast` leaves them out. */
const slow = ["test/e2e/**/*.test.ts", "test/package/**/*.test.ts", "test/plugin/**/*.test.ts"];

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ["default", new PlainReporter()],
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: "fast", include: ["test/**/*.test.ts"], exclude: slow, testTimeout: 60_000 },
      },
      { extends: true, test: { name: "slow", include: slow, testTimeout: 180_000, hookTimeout: 180_000 } },
    ],
  },
});
