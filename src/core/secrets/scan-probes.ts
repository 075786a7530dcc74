import type { Probe, SecretPlace } from "./secret-place.ts";

/** Of each anchor this many characters are looked for, so this many less one can be skipped where nothing fits. */
const width = 4;
const lettersOnly = 0x7f;

/**
 * One pass for any number of probes: a table tells from two characters how far the next anchor is at least (Wu and Manber,
 * 1994). A regular expression of all of them would try each at every character.
 * @returns places in order, none of which touches another; the longest of those that begin together
 */
export function createScan(probes: readonly Probe[]): (text: string) => SecretPlace[] {
  const skips = new Uint8Array(1 << 14).fill(width - 1);
  const buckets = new Map<number, Probe[]>();
  // Most places that are looked at twice are none: this tells so for less than the map does.
  const maybe = new Uint8Array(1 << 16);
  for (const probe of probes) {
    const { anchor } = probe;
    if (anchor.length < width) throw new Error(`the anchor of ${probe.kind} is too short`);
    for (let last = 1; last < width; last += 1) {
      const pair = pairAt(anchor, last);
      skips[pair] = Math.min(skips[pair] ?? 0, width - 1 - last);
    }
    const key = keyAt(anchor, 0);
    buckets.set(key, [...(buckets.get(key) ?? []), probe]);
    maybe[shortKey(key)] = 1;
  }
  return (text) => (probes.length === 0 ? [] : scan(text, { skips, maybe, buckets }));
}

type Tables = { skips: Uint8Array; maybe: Uint8Array; buckets: ReadonlyMap<number, Probe[]> };

function scan(text: string, { skips, maybe, buckets }: Tables): SecretPlace[] {
  const places: SecretPlace[] = [];
  let free = 0;
  let at = width - 1;
  while (at < text.length) {
    const skip = skips[pairAt(text, at)] ?? 1;
    if (skip > 0) {
      at += skip;
      continue;
    }
    const from = at - width + 1;
    const key = keyAt(text, from);
    const found = maybe[shortKey(key)] === 0 ? null : longest(buckets.get(key), text, from);
    if (found === null) {
      at += 1;
      continue;
    }
    const start = Math.max(found.start, free);
    free = Math.max(free, found.end);
    const last = places.at(-1);
    // Pieces of one secret lie side by side.
    if (last !== undefined && last.end === start && last.kind === found.kind) last.end = free;
    else places.push({ kind: found.kind, start, end: free });
    at = free + width - 1;
  }
  return places;
}

function longest(probes: readonly Probe[] | undefined, text: string, at: number): SecretPlace | null {
  let best: SecretPlace | null = null;
  for (const probe of probes ?? []) {
    if (!hasAnchor(text, at, probe.anchor)) continue;
    const found = probe.find(text, at);
    if (found !== null && found.end > (best?.end ?? at)) best = { kind: probe.kind, ...found };
  }
  return best;
}

function hasAnchor(text: string, at: number, anchor: string): boolean {
  for (let index = width; index < anchor.length; index += 1) {
    if ((text.charCodeAt(at + index) | 0x20) !== (anchor.charCodeAt(index) | 0x20)) return false;
  }
  return true;
}

/** Case does not count: `| 0x20` makes capitals small, and what it does to other characters it does to anchors too. */
function pairAt(text: string, last: number): number {
  const before = (text.charCodeAt(last - 1) | 0x20) & lettersOnly;
  return (before << 7) | ((text.charCodeAt(last) | 0x20) & lettersOnly);
}

function shortKey(key: number): number {
  return (key ^ (key >> 11)) & 0xffff;
}

function keyAt(text: string, at: number): number {
  return (pairAt(text, at + 1) << 14) | pairAt(text, at + 3);
}
