import { pipeLook } from "../report/laid-rows.ts";
import { type Terminal, usesColors } from "./terminal.ts";

/** How data may look: painted only where a person reads it, since a file or a program wants it plain. */
export function stdoutLook(terminal: Pick<Terminal, "env" | "stdout" | "stderr">): {
  colors: boolean;
  width: number;
} {
  const { env, stdout } = terminal;
  const isForced = Boolean(env["FORCE_COLOR"]) && env["FORCE_COLOR"] !== "0";
  return {
    colors: (stdout.isTTY || isForced) && usesColors(terminal),
    width: stdout.columns ?? pipeLook.width,
  };
}
