// Code points that HFS+ ignores when it compares names; the list is git's own, utf8.c next_hfs_char().
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/gu;

// NTFS: any case, a short name, trailing dots and spaces, an alternate stream.
const dotGit = /^(?:\.git|git~\d+)[ .]*(?::.*)?$/i;

/** Whether some file system takes a component of this path for `.git`. A backslash separates on Windows. */
export function namesGitFolder(path: string): boolean {
  return path.split(/[\\/]/).some((component) => dotGit.test(component.replace(ignoredByHfs, "")));
}

/**
 * Whether a symlink stays in its tree: a relative target whose `..`s all come first and do not climb over the root.
 * A `..` after a name could start from wherever that name, itself a symlink, leads.
 */
export function staysInTree(path: string, target: string): boolean {
  if (target === "" || target.startsWith("/") || /^[a-z]:/i.test(target) || target.includes("\\"))
    return false;
  const components = target.split("/").filter((component) => component !== "" && component !== ".");
  const firstName = components.findIndex((component) => component !== "..");
  const climbs = firstName === -1 ? components.length : firstName;
  if (components.slice(climbs).includes("..")) return false;
  const depth = path.split("/").length - 1;
  return climbs <= depth && !namesGitFolder(target);
}
