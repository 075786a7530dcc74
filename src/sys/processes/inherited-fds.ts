import { readFileSync, readdirSync } from "node:fs";

const closeOnExec = 0o2000000;

let found: readonly number[] | null = null;

/**
 * File descriptors above 2 that every child of this process gets, because whoever started it left them open
 * (`agentx 9<secrets`). Node marks all of its own as close-on-exec. A child can reopen what it inherits, also through
 * /proc/1/fd of the sandbox, so they are covered before it starts. Empty where there is no /proc. Looked for once: none is
 * added later, and a look at each descriptor of a hundred open sandboxes would stop the event loop for every further one.
 */
export function inheritedFds(): readonly number[] {
  return (found ??= namesIn("/proc/self/fd")
    .map(Number)
    .filter((fd) => fd > 2 && isInherited(fd)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExec) === 0;
  } catch {
    // The descriptor of the listing itself is closed by now.
    return false;
  }
}
