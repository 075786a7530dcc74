/**
 * The repository paths that a sentence names: `code` that looks like a file or folder, and bare words with a
 * slash that end in an extension or a slash. A folder becomes a glob for all below it.
 */
export function pathsIn(text: string): string[] {
  const found = [...text.matchAll(/`([^`]+)`|([^\s`]+)/g)].flatMap(([, code, bare]) => {
    if (code !== undefined) return isPath(code) ? [code] : [];
    const word = (bare ?? "").replace(/^[("'[]+/, "").replace(/[)"'\],;:.!?]{1,9}$/, "");
    return word.includes("/") && isPath(word) ? [word] : [];
  });
  return [...new Set(found.map((path) => (path.endsWith("/") ? `${path}**` : path)))];
}

function isPath(word: string): boolean {
  if (!/^[\w@./*{},+-]+$/.test(word) || word.startsWith("/") || word.split("/").includes("..")) return false;
  return /(?:^|\/)[\w@*.+-]*\w\/$/.test(word) || /\.[A-Za-z][A-Za-z0-9]{0,4}$/.test(word);
}
