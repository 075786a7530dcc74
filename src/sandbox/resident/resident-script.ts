import { shellWord } from "../inside/shell-word.ts";

/** On which a resident shell has the reading ends of its commands' pipes. A shell can only close what has one digit. */
export const outputFds = [3, 4, 5] as const;
export type OutputFd = (typeof outputFds)[number];

/** Needed where the shell is, in and out of the sandbox. */
export const residentPrograms = ["/usr/bin/setsid", "/usr/bin/env"] as const;
const [setsid, env] = residentPrograms;

/** Longer ones are read by a helper: a shell reads its orders byte by byte. */
const longestCommandBytes = 64 * 1024;

/** In an order, which is one line, it stands for a line's end. */
const lineEnd = "n";

/** To become the helper. It says nothing to it; what follows on stdin is the helper's. */
export const helperOrder = "h\n";

/**
 * The shell that stays in a sandbox. It says with an empty line that the walls are up, then does one order after the other. A command has
 * a session of its own, and nothing of the shell's but its environment; the pipe is opened anew by the descriptor that is there, so that
 * its end is seen when nobody has it for writing any more. The redirections are a subshell's: a shell would do those of a
 * single command to itself, and say there who was killed. Where it counts how deep shells are, it is not one of them. `command` keeps it alive where no process can be started.
 * @param helper the words that start a helper, and its whole environment
 */
export function residentScript(helper: { words: readonly string[]; env: Record<string, string> }): string {
  const closed = outputFds.map((fd) => `${fd}<&-`).join(" ");
  const variables = Object.entries(helper.env).map(([name, value]) => shellWord(`${name}=${value}`));
  const words = [env, "-i", ...variables, ...helper.words.map(shellWord)].join(" ");
  return `${lineEnd}='
'
r() { t=$1; ( exec ${setsid} /bin/sh -c "$3" ) </dev/null >"/proc/self/fd/$2" 2>&1 ${closed}; echo "$t $?"; }
h() { exec ${words} ${closed}; }
unset SHLVL
echo
while IFS= read -r o; do command eval "$o" || echo "$t -"; done`;
}

/** Whether an order can hold it. No argument of a program can hold a NUL; a helper says so. */
export function fitsOrder(command: string): boolean {
  return Buffer.byteLength(command) <= longestCommandBytes && !command.includes("\0");
}

/** Answered with a line: the token and the exit code, or `-` where no process could be started. */
export function runOrder({ token, fd, command }: { token: string; fd: OutputFd; command: string }): string {
  return `r ${token} ${fd} ${shellWord(command).replaceAll("\n", `'"$${lineEnd}"'`)}\n`;
}
