import type { Plugin } from "rolldown";

/**
 * Makes every chunk the function that a loader of CommonJS makes of a file's text: `src/load-program.cts` compiles the text as it is, since
 * putting some around two megabytes copies them. On the first line: the others keep their numbers.
 */
export function asFunctions(): Plugin {
  return {
    name: "as-functions",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        const code = file.code.replace(/^#!.*/, "");
        file.code = `(function (exports, require, module, __filename, __dirname) { ${code}\n})`;
      }
    },
  };
}
