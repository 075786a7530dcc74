/** Lines that name a registry, by the end of a file's name; the address is the first group. */
const lines: readonly (readonly [file: RegExp, line: RegExp])[] = [
  [/npmrc$/, /^\s*(?:@[^:=\s]+:)?registry\s*=\s*["']?(\S+?)["']?\s*$/],
  [/\.yarnrc$/, /^\s*"?(?:@[^:\s]+:)?registry"?\s+"?(\S+?)"?\s*$/],
  [/\.ya?ml$/, /^\s*(?:npmRegistryServer|registry):\s*["']?(\S+?)["']?\s*$/],
  [/bunfig\.toml$/, /^\s*(?:registry|"?@[\w-]+"?)\s*=\s*(?:\{.*?url\s*=\s*)?"([^"]+)"/],
  [/requirements\.txt$/, /^\s*(?:-i|--index-url|--extra-index-url)[\s=]+(\S+)/],
  [/pip\.conf$/, /^\s*(?:extra-)?index-url\s*=\s*(\S+)/],
  [/cargo\/config\.toml$/, /^\s*(?:registry|index)\s*=\s*"(?:sparse\+|registry\+)?([^"]+)"/],
];

/** The addresses of registries that a file of configuration names. @param name by which its form is known */
export function addressesIn(name: string, text: string): string[] {
  if (/(^|\/)(pyproject|uv)\.toml$/.test(name)) return indexesIn(text);
  const pattern = lines.find(([file]) => file.test(name))?.[1];
  if (pattern === undefined) return [];
  return text.split(/\r?\n/).flatMap((line) => pattern.exec(line)?.[1] ?? []);
}

/** `url` means an index only in the tables of indexes. */
function indexesIn(toml: string): string[] {
  let isIndex = false;
  return toml.split(/\r?\n/).flatMap((line) => {
    const table = /^\s*\[+\s*([\w.-]+)\s*\]+/.exec(line)?.[1];
    if (table !== undefined) isIndex = /^(tool\.(uv|pdm|poetry)\.)?(index|source)$/.test(table);
    if (!isIndex) return [];
    return /^\s*url\s*=\s*["']([^"']+)["']/.exec(line)?.[1] ?? [];
  });
}
