import {
  closeSync,
  constants,
  fchmodSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { type FileHandle, lstat, mkdir, open, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { maxReadBytes } from "./protocol.ts";

/** Git's own measure: a NUL byte near the beginning means binary. */
const sniffBytes = 8_000;

/** A failure that is told to the model as a sentence; `code` is an errno name. */
export class FileFailure extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type ReadRequest = { path: string; offset: number; maxBytes: number };
type ReadValue = { text: string; totalBytes: number; isBinary: boolean };

export async function readText(root: string, request: ReadRequest): Promise<ReadValue> {
  await using file = await open(resolve(root, request.path), readFlags);
  return await readOpened(file, request);
}

/** O_NONBLOCK: opening a named pipe must not wait for a writer that never comes. */
export const readFlags: number = constants.O_RDONLY | constants.O_NONBLOCK;

/** `path` is only told. */
export async function readOpened(
  file: FileHandle,
  { path, offset, maxBytes }: ReadRequest,
): Promise<ReadValue> {
  const info = await file.stat();
  if (info.isDirectory()) throw new FileFailure("EISDIR", `${path} is a folder`);
  if (!info.isFile()) throw new FileFailure("EINVAL", `${path} is not a regular file`);
  const wanted = Math.min(maxBytes, maxReadBytes);
  // Files of /proc say 0 bytes and have some, so the size bounds nothing when it is 0.
  const buffer = Buffer.allocUnsafe(
    info.size === 0 ? wanted : Math.min(wanted, Math.max(0, info.size - offset)),
  );
  let bytes = 0;
  while (bytes < buffer.length) {
    const { bytesRead } = await file.read(buffer, bytes, buffer.length - bytes, offset + bytes);
    if (bytesRead === 0) break;
    bytes += bytesRead;
  }
  const read = buffer.subarray(0, bytes);
  const isBinary = read.subarray(0, sniffBytes).includes(0);
  return { text: read.toString("utf8"), totalBytes: Math.max(info.size, offset + bytes), isBinary };
}

export async function writeText(root: string, path: string, text: string): Promise<void> {
  const target = await resolveTarget(resolve(root, path), path);
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  replaceFile({ folder, name: basename(target), shown: path }, text);
}

/** Replaces a file in a folder that is there, at once: other threads take ten times as long. `shown` is only told. */
export function replaceFile(
  { folder, name, shown }: { folder: string; name: string; shown: string },
  text: string,
): void {
  const target = join(folder, name);
  const before = lstatSync(target, { throwIfNoEntry: false });
  if (before?.isDirectory() === true) throw new FileFailure("EISDIR", `${shown} is a folder`);
  if (before?.isFile() === false) throw new FileFailure("EINVAL", `${shown} is not a regular file`);
  const temporary = join(folder, `.agentx-${crypto.randomUUID()}.tmp`);
  try {
    const fd = openSync(temporary, "wx");
    try {
      writeFileSync(fd, text);
      if (before !== undefined) fchmodSync(fd, before.mode & 0o7777);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, target);
  } catch (error) {
    remove(temporary);
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Whatever kept it from being made or moved is told.
  }
}

/** A symbolic link stays and its target is replaced; one that leads nowhere (out of the sandbox) is refused. */
async function resolveTarget(path: string, shown: string): Promise<string> {
  const info = await lstat(path).catch(() => null);
  if (info?.isSymbolicLink() !== true) return path;
  const target = await realpath(path).catch(() => null);
  if (target === null) {
    throw new FileFailure("ENOENT", `${shown} is a symbolic link that leads to nothing inside the sandbox`);
  }
  return join(await realpath(dirname(target)), basename(target));
}

const sentences: Record<string, string> = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "it is read-only in this sandbox",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  // Of a folder that is to be made.
  EEXIST: "a part of the path is a file, not a folder",
  ELOOP: "its symbolic links go round in a circle",
  ENOSPC: "the disk is full",
  ENAMETOOLONG: "the name is too long",
};

/** Any error as a code and a sentence for the model. */
export function describeFailure(error: unknown, path: string): FileFailure {
  if (error instanceof FileFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "EIO";
  const sentence = sentences[code];
  return new FileFailure(code, sentence === undefined ? message : `${path}: ${sentence}`);
}
