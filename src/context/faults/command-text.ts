import type { FaultyProject } from "./fault.ts";

const npmScript = /\b(?:npm|pnpm|yarn|bun)(?: run(?:-script)?)? (?:--?[\w-]+ )*([\w:.-]+)/g;
const makeTarget = /\bmake (?:-\S+ )*([\w.-]+)/g;
const deepest = 4;

/** A gate's command with the scripts of package.json and the recipes of the Makefile that it calls. */
export async function commandText(command: string, { files, read }: FaultyProject): Promise<string> {
  const text = async (path: string): Promise<string> =>
    files.includes(path) ? ((await read(path)) ?? "") : "";
  const scripts = scriptsIn(await text("package.json"));
  const recipes = recipesIn(await text("Makefile"));
  const seen = new Set<string>();
  const expand = (line: string, depth: number): string[] => {
    if (depth === deepest) return [line];
    const called = [
      ...[...line.matchAll(npmScript)].map(([, name = ""]) => [`script ${name}`, scripts.get(name)] as const),
      ...[...line.matchAll(makeTarget)].map(([, name = ""]) => [`make ${name}`, recipes.get(name)] as const),
    ];
    return [
      line,
      ...called.flatMap(([key, more]) => {
        if (more === undefined || seen.has(key)) return [];
        seen.add(key);
        return expand(more, depth + 1);
      }),
    ];
  };
  return expand(command, 0).join("\n");
}

function scriptsIn(manifest: string): Map<string, string> {
  try {
    const { scripts } = JSON.parse(manifest) as { scripts?: Record<string, unknown> };
    return new Map(
      Object.entries(scripts ?? {}).flatMap(([name, text]) =>
        typeof text === "string" ? [[name, text]] : [],
      ),
    );
  } catch {
    return new Map();
  }
}

function recipesIn(makefile: string): Map<string, string> {
  const found = makefile.matchAll(/^([\w.-]+)\s*:(?!=).*\n((?:\t.*(?:\n|$))*)/gm);
  return new Map([...found].map(([, name = "", recipe = ""]) => [name, recipe]));
}
