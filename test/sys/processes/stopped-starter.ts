/** Gives a starter that does not go on an order to make the file argv[2], says its number, and stays. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Order } from "../../../src/sys/processes/orders.ts";

const program = join(import.meta.dirname, "../../../src/sys/processes/starter-program.ts");
const starter = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"], detached: true });
starter.stdout.once("data", () => {
  starter.kill("SIGSTOP");
  const touch = { file: "/usr/bin/touch", args: [process.argv[2] ?? ""], cwd: "/", env: {}, stdio: [] };
  const order: Order = { type: "start", id: 1, program: touch };
  starter.stdin.write(`${JSON.stringify(order)}\n`, () => process.stdout.write(`${starter.pid}\n`));
});
setInterval(() => {}, 1_000);
