/**
 * Gives the memory of a buffer back at once; it is empty from then on, as is every view of it. For large ones that are made
 * often: the collector lets them come to a multiple of all else before it looks. Must be the only one who has it.
 */
export function freeBytes(bytes: Uint8Array<ArrayBuffer>): void {
  // A small one is a part of a pool that others have too.
  if (bytes.byteLength === bytes.buffer.byteLength) bytes.buffer.transfer(0);
}
