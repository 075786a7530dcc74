import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { doorProgram, doorProgramName } from "./door-program.ts";
import { listenFor } from "./listen.ts";
import type { DoorPlace } from "./protocol.ts";

export type InsideDoor = {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** Folder with the program `agentx`. */
  bin: string;
};

export async function openDoor(door: DoorPlace): Promise<InsideDoor> {
  return { url: await listenFor(door.folder), bin: placeProgram(door.bin) };
}

/** The program is the file beside this one, run by the Node that runs this: another `node` may be on the PATH, or none. */
function placeProgram(bin: string | null): string {
  const folder = bin ?? mkdtempSync(join(tmpdir(), "agentx-bin-"));
  mkdirSync(folder, { recursive: true });
  const program = join(import.meta.dirname, `${doorProgramName}${extname(import.meta.filename)}`);
  const file = join(folder, "agentx");
  writeFileSync(file, doorProgram([process.execPath, program]));
  chmodSync(file, 0o755);
  return folder;
}
