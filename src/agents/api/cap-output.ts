import { unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Every later turn sends it again: ten long outputs cost a third of what they cost with a cap of 10 KiB. */
export const outputCapBytes = 3584;

/**
 * Output as the model gets it: whole up to the cap, else its head and tail around a line that says what is missing and
 * where the whole is. The file is written into `scratch` under `name`.
 */
export async function capOutput(text: string, spill: { scratch: string; name: string }): Promise<string> {
  const bytes = Buffer.byteLength(text);
  if (bytes <= outputCapBytes) return text;
  const path = join(spill.scratch, spill.name);
  await writeFresh(path, text);
  const head = takeHead(text, outputCapBytes / 2);
  const tail = takeTail(text, outputCapBytes / 2);
  const left = bytes - Buffer.byteLength(head) - Buffer.byteLength(tail);
  return `${head}\n[… ${left} of ${bytes} bytes left out; the whole is in ${path}, use read with an offset, or search …]\n${tail}`;
}

/**
 * Commands in the sandbox may write this folder, so what stands there under the name may be a link that leads out:
 * it is removed, never followed (`wx` opens with O_EXCL). Mostly nothing stands there, which is not asked beforehand.
 */
export async function writeFresh(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    await unlink(path);
    await writeFile(path, text, { flag: "wx" });
  }
}

/** The first `bytes` of a text, ending at a line where there is one in the second half. */
function takeHead(text: string, bytes: number): string {
  const cut = Buffer.from(text.slice(0, bytes))
    .subarray(0, bytes)
    .toString()
    .replace(/\uFFFD+$/, "");
  const line = cut.lastIndexOf("\n");
  return line > cut.length / 2 ? cut.slice(0, line) : cut;
}

function takeTail(text: string, bytes: number): string {
  const whole = Buffer.from(text.slice(-bytes));
  const cut = whole
    .subarray(Math.max(0, whole.length - bytes))
    .toString()
    .replace(/^\uFFFD+/, "");
  const line = cut.indexOf("\n");
  return line !== -1 && line < cut.length / 2 ? cut.slice(line + 1) : cut;
}
