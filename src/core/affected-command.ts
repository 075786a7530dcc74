/** Linux takes 128 KiB for one argument, and the whole command is one of `sh -c`. */
const maxBytes = 100_000;

/**
 * A gate's `affected` command for these files.
 * @param files paths from the root of the repository; any bytes but NUL may be in their names
 * @returns null where no command would be right: no files, or more than fit
 */
export function affectedCommand(template: string, files: readonly string[]): string | null {
  // What is not UTF-8 has lost its name, and another file may have that one.
  if (files.length === 0 || files.some((file) => file.includes("\uFFFD"))) return null;
  // A name that begins with a dash would be an option.
  const names = files.map((file) => `'./${file.replaceAll("'", String.raw`'\''`)}'`).join(" ");
  const command = template.replaceAll("{files}", () => names);
  return new TextEncoder().encode(command).length > maxBytes ? null : command;
}
