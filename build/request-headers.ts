import { fileURLToPath } from "node:url";
import type { Plugin } from "rolldown";

const file = fileURLToPath(new URL("../src/models/request-headers.ts", import.meta.url));

/** Has Anthropic's SDK use our own `Headers`: see there. */
export function requestHeaders(): Plugin {
  return {
    name: "request-headers",
    transform: {
      filter: { id: /\/node_modules\/@anthropic-ai\/sdk\//, code: /\bHeaders\b/ },
      // On the first line: the others keep their numbers.
      handler: (code) => `import { RequestHeaders as Headers } from ${JSON.stringify(file)}; ${code}`,
    },
  };
}
