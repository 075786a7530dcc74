import type { FaultKind } from "./fault.ts";

const fails = '() => { throw new Error("agentx planted fault"); }';
const says = '"agentx planted fault"';

/** The end of a JavaScript or TypeScript file that has the fault. */
export function scriptFault(kind: FaultKind, { path, text }: { path: string; text: string }): string {
  switch (kind) {
    case "type error":
      return /\.[cm]?tsx?$/.test(path)
        ? "const agentxPlanted: number = 'fault';\nvoid agentxPlanted;\n"
        : "/** @type {number} */\nconst agentxPlanted = 'fault';\nvoid agentxPlanted;\n";
    case "lint violation":
      // Each of the usual sets of rules has at least one of these.
      return [
        "function agentxPlanted() {",
        "  debugger;",
        "  var value = 1;",
        "  value = value;",
        "  if (value == NaN) {}",
        "  return { a: 1, a: 2 };",
        "  value = 2;",
        "}\n",
      ].join("\n");
    case "format violation":
      return "const   agentxPlanted  =  [ 1,2\n,  3 ]\nvoid   agentxPlanted\n";
    case "build error":
      return "const agentxPlanted = ;\n";
    case "failing test":
      return failingTest(text);
  }
}

function failingTest(text: string): string {
  const isModule = /^\s*(import\s|export\s)/m.test(text);
  const library = /["'](node:test|vitest|@jest\/globals|bun:test|@playwright\/test)["']/.exec(text)?.[1];
  if (library !== undefined) {
    return isModule
      ? `import { test as agentxPlanted } from "${library}";\nagentxPlanted(${says}, ${fails});\n`
      : `require("${library}").test(${says}, ${fails});\n`;
  }
  if (/["']ava["']/.test(text)) {
    const take = isModule ? 'import agentxPlanted from "ava"' : 'const agentxPlanted = require("ava")';
    return `${take};\nagentxPlanted(${says}, (t) => t.fail(${says}));\n`;
  }
  if (/\bDeno\.test\b/.test(text)) return `Deno.test(${says}, ${fails});\n`;
  return `(globalThis.test ?? globalThis.it)(${says}, ${fails});\n`;
}
