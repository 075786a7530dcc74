import { spawn } from "node:child_process";
import { closeSync, constants, existsSync, openSync } from "node:fs";
import { Socket } from "node:net";

/** `readFd` is for a program's stdin, and is closed by the caller once the program has it. */
export type InputPipe = { writer: Socket; readFd: number };

/**
 * A pipe without a name. Node has no call for one, so a shell makes it, and its two ends are opened by way of /proc.
 * A named pipe will not do: `cat /dev/stdin` opens it once more, and waits for ever for a writer that has already gone.
 * Null where there is no /proc, as on macOS: Node's own pipe has to do there.
 */
export async function openInputPipe(): Promise<InputPipe | null> {
  if (!existsSync("/proc/self/fd")) return null;
  // `read x <&3` takes the place of descriptor 0 meanwhile.
  const script = "true | sh -c 'exec 4<&0; echo $$; read x <&3'";
  const env = { PATH: "/usr/bin:/bin:/run/current-system/sw/bin" };
  const maker = spawn("/bin/sh", ["-c", script], { env, stdio: ["ignore", "pipe", "ignore", "pipe"] });
  const [, stdout, , hold] = maker.stdio;
  try {
    const pid = await new Promise<number>((resolve, reject) => {
      maker.once("error", reject);
      stdout?.once("data", (chunk: Buffer) => resolve(Number(chunk.toString())));
      maker.once("close", () => reject(new Error("the shell made no pipe")));
    });
    return openEnds(`/proc/${pid}/fd/4`);
  } finally {
    hold?.destroy();
    stdout?.destroy();
  }
}

function openEnds(path: string): InputPipe {
  const readFd = openSync(path, constants.O_RDONLY);
  try {
    const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    return { writer: new Socket({ fd, readable: false, writable: true }), readFd };
  } catch (error) {
    closeSync(readFd);
    throw error;
  }
}
