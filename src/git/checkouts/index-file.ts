import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";

/** A file as an index has it: `state` is what the file was when its content was known to be that of the blob `id`. */
export type IndexEntry = { mode: number; id: string; state: BigIntStats };

/** Path (latin1: a character for each byte) → what the index says of it from now on; null where it has none any more. */
export type IndexChanges = ReadonlyMap<string, IndexEntry | null>;

const headerBytes = 12;
const stateBytes = 40;
const longestName = 0xfff;

/**
 * The bytes of an index in which few entries differ: format 2, the one that git writes where it is told nothing else
 * (gitformat-index(5)). Extensions that git may do without are left out.
 * @param to `idBytes` is the length of the repository's ids
 * @returns null where it is another format, where an extension has to be understood, and where a merge is under way
 */
export function changeIndex(
  index: Buffer,
  to: { changes: IndexChanges; idBytes: number },
): Buffer<ArrayBuffer> | null {
  const { changes, idBytes } = to;
  if (index.length < headerBytes || index.toString("latin1", 0, 4) !== "DIRC" || index.readUInt32BE(4) !== 2)
    return null;
  const entries = entriesOf(index, idBytes);
  if (entries === null || !maySkipExtensions(index, entries.end, idBytes)) return null;
  const wanted = [...changes]
    .map(([path, entry]) => ({ name: Buffer.from(path, "latin1"), entry }))
    .toSorted((one, other) => Buffer.compare(one.name, other.name));
  const parts: Buffer[] = [];
  let count = entries.starts.length;
  let from = headerBytes;
  for (const { name, entry } of wanted) {
    const at = placeOf(index, entries.starts, { name, idBytes });
    const start = entries.starts[at.index] ?? entries.end;
    parts.push(index.subarray(from, start));
    from = at.isThere ? (entries.starts[at.index + 1] ?? entries.end) : start;
    if (entry !== null) parts.push(bytesOf(name, entry));
    count += Number(entry !== null) - Number(at.isThere);
  }
  const header = Buffer.from(index.subarray(0, headerBytes));
  header.writeUInt32BE(count, 8);
  // With room for the hash: those of 50,000 files have 5 MB, and a second copy would be as large.
  const changed = Buffer.concat([header, ...parts, index.subarray(from, entries.end), Buffer.alloc(idBytes)]);
  const end = changed.length - idBytes;
  const hash = createHash(idBytes === 32 ? "sha256" : "sha1").update(changed.subarray(0, end));
  hash.digest().copy(changed, end);
  return changed;
}

/** Where each entry starts, and where the last one ends; null where some entry is none of a plain file at rest. */
function entriesOf(index: Buffer, idBytes: number): { starts: Uint32Array; end: number } | null {
  const starts = new Uint32Array(index.readUInt32BE(8));
  let at = headerBytes;
  for (let entry = 0; entry < starts.length; entry += 1) {
    starts[entry] = at;
    const nameAt = at + stateBytes + idBytes + 2;
    if (nameAt >= index.length) return null;
    const flags = index.readUInt16BE(nameAt - 2);
    // Marks that a person has set, and the sides of a conflict.
    if ((flags & 0xf000) !== 0) return null;
    const nameBytes =
      (flags & longestName) < longestName ? flags & longestName : index.indexOf(0, nameAt) - nameAt;
    at += lengthOf(nameAt - at + nameBytes);
  }
  return at + idBytes > index.length ? null : { starts, end: at };
}

/** At least one NUL ends an entry, and as many as make it a multiple of eight. */
function lengthOf(bytes: number): number {
  return (bytes + 8) & ~7;
}

/** Those whose names begin with a capital say nothing that is not said elsewhere. */
function maySkipExtensions(index: Buffer, from: number, idBytes: number): boolean {
  const end = index.length - idBytes;
  let at = from;
  while (at + 8 <= end) {
    const first = index[at] ?? 0;
    if (first < 0x41 || first > 0x5a) return false;
    at += 8 + index.readUInt32BE(at + 4);
  }
  return at === end;
}

function placeOf(
  index: Buffer,
  starts: Uint32Array,
  { name, idBytes }: { name: Buffer; idBytes: number },
): { index: number; isThere: boolean } {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const nameAt = (starts[middle] ?? 0) + stateBytes + idBytes + 2;
    const order = Buffer.compare(index.subarray(nameAt, index.indexOf(0, nameAt)), name);
    if (order === 0) return { index: middle, isThere: true };
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return { index: low, isThere: false };
}

function bytesOf(name: Buffer, { mode, id, state }: IndexEntry): Buffer {
  const idBytes = id.length / 2;
  const nameAt = stateBytes + idBytes + 2;
  const bytes = Buffer.alloc(lengthOf(nameAt + name.length));
  const second = 1_000_000_000n;
  const words = [
    state.ctimeNs / second,
    state.ctimeNs % second,
    state.mtimeNs / second,
    state.mtimeNs % second,
    state.dev,
    state.ino,
    BigInt(mode),
    state.uid,
    state.gid,
    state.size,
  ];
  for (const [word, value] of words.entries())
    bytes.writeUInt32BE(Number(BigInt.asUintN(32, value)), word * 4);
  bytes.write(id, stateBytes, "hex");
  bytes.writeUInt16BE(Math.min(name.length, longestName), nameAt - 2);
  name.copy(bytes, nameAt);
  return bytes;
}
