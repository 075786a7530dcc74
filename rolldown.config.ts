import { fileURLToPath } from "node:url";
import type { OutputOptions, RolldownOptions } from "rolldown";
import { asFunctions } from "./build/as-functions.ts";
import { requestHeaders } from "./build/request-headers.ts";
import { thirdPartyNotices } from "./build/third-party-notices.ts";

const src = (path: string): string => fileURLToPath(new URL(`src/${path}`, import.meta.url));
const written: OutputOptions = {
  format: "cjs",
  // A part that is loaded by `src/load-program.cts` has no loader of modules behind it.
  dynamicImportInCjs: false,
  comments: { legal: true, annotation: false, jsdoc: false },
};

/** What is installed, beside the few files that `tsc` makes (docs/decisions/0009-what-is-installed.md). */
const bundles: RolldownOptions[] = [
  {
    input: { main: src("main.ts") },
    platform: "node",
    // What loads nothing more by being lazy is so in `src/` for whoever runs from there.
    checks: { ineffectiveDynamicImport: false },
    // For macOS alone, and by one exact version: see docs/decisions/0013-other-sandboxes.md.
    external: /^@anthropic-ai\/sandbox-runtime/,
    plugins: [requestHeaders(), thirdPartyNotices(), asFunctions()],
    output: {
      ...written,
      // As deep as the folders of `src`: both find `skills` and package.json by "../..".
      dir: "dist/parts",
      entryFileNames: "[name].cjs",
      chunkFileNames: "[name]-[hash].cjs",
    },
  },
  {
    input: src("cli/quick-status.ts"),
    platform: "node",
    output: { ...written, file: "dist/cli/quick-status.cjs" },
  },
];

export default bundles;
