/** Bytes of the folders in memory: `/tmp` and HOME are large, the others small. */
export type FolderBytes = { large: number; small: number };

/**
 * What lies in such a folder takes memory, so it counts against the limit of memory, and never more than half of the machine's,
 * which is the kernel's own rule. Null: no limit.
 */
export function memoryFolders(memory: number | null, machineBytes: number): FolderBytes | null {
  if (memory === null) return null;
  const most = Math.min(memory, machineBytes);
  return { large: Math.floor(most / 2), small: Math.floor(most / 8) };
}
