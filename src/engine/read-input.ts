import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { didYouMean } from "../core/closest.ts";
import { AgentxError } from "../core/error.ts";
import { decodeInput, maxInputBytes, requireSize } from "../formats/decode-input.ts";
import type { Workspace } from "./workspace.ts";

export type Input = {
  text: string;
  /** The path from the repository's root, or in words where it came from. */
  file: string;
};

/**
 * What the person handed in: a file, `-` for standard input, or the text itself.
 * @throws AgentxError INPUT_NOT_FOUND, PRD_EMPTY, PRD_BINARY, PRD_NOT_UTF8, PRD_TOO_LARGE
 */
export async function readInput(
  input: string,
  { workspace, cwd, stdin }: { workspace: Workspace; cwd: string; stdin: AsyncIterable<Uint8Array | string> },
): Promise<Input> {
  if (input === "-") return decoded(await readAll(stdin), "standard input");
  if (input.trim() === "") throw nothingGiven();
  const path = resolve(cwd, input);
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) {
    const file = displayName(path, workspace.repo.root);
    requireSize(found.size, file);
    return decoded(await readFile(path), file);
  }
  if (found) throw notFound(input, "it is no file", "name the file with the PRD or the plan");
  if (!isText(input)) throw notFound(input, "there is no such file", await whatWasMeant(input, path));
  return decoded(new TextEncoder().encode(input), "the command line");
}

/** A word is a file that is missing; a sentence is a PRD. */
function isText(input: string): boolean {
  return /\s/.test(input.trim()) && !/\.(md|markdown|json|txt)$/i.test(input.trim());
}

async function whatWasMeant(input: string, path: string): Promise<string> {
  const beside = await readdir(dirname(path)).catch(() => []);
  const candidates = beside.map((name) => join(dirname(input), name));
  const otherwise = `looked for ${path}; a PRD can also be given as a text in quotes: agentx dispatch "Add a …"`;
  return didYouMean(join(dirname(input), basename(input)), candidates, otherwise);
}

function decoded(bytes: Uint8Array, file: string): Input {
  return { text: decodeInput(bytes, file), file };
}

function displayName(path: string, root: string): string {
  const inside = relative(root, path);
  return inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/** Stops just past the limit: the rest could only make it longer. */
async function readAll(stdin: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const part = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    chunks.push(part);
    bytes += part.length;
    if (bytes > maxInputBytes) break;
  }
  return Buffer.concat(chunks);
}

function nothingGiven(): AgentxError {
  const hint = 'name a file, or say what is to be built: agentx dispatch "Add a …"';
  return new AgentxError("PRD_EMPTY", { where: "the command line", what: "the input is empty", hint });
}

function notFound(input: string, what: string, hint: string): AgentxError {
  return new AgentxError("INPUT_NOT_FOUND", { where: input, what, hint });
}
