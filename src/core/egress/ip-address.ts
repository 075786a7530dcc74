/**
 * Addresses in the one spelling that everybody reads the same: four decimal numbers without leading zeros, or IPv6 without a
 * zone. What `inet_aton` would also take (octal, hex, one number, fewer than four) is no address here.
 */
export type IpAddress = { version: 4; parts: number[] } | { version: 6; parts: number[] };

export function parseIp(text: string): IpAddress | null {
  const four = parseIpv4(text);
  if (four !== null) return { version: 4, parts: four };
  const six = text.includes(":") ? parseIpv6(text) : null;
  return six === null ? null : { version: 6, parts: six };
}

/** The same text for all spellings of an address: `1.2.3.4`, or eight groups. */
export function formatIp({ version, parts }: IpAddress): string {
  return version === 4 ? parts.join(".") : parts.map((part) => part.toString(16)).join(":");
}

function parseIpv4(text: string): number[] | null {
  const words = text.split(".");
  if (words.length !== 4 || !words.every((word) => /^(0|[1-9]\d{0,2})$/.test(word))) return null;
  const parts = words.map(Number);
  return parts.every((part) => part <= 255) ? parts : null;
}

function parseIpv6(text: string): number[] | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [before = null, after = null] = halves.map((half, at) => groupsOf(half, at === halves.length - 1));
  if (before === null) return null;
  if (halves.length === 1) return before.length === 8 ? before : null;
  if (after === null) return null;
  const missing = 8 - before.length - after.length;
  return missing < 1 ? null : [...before, ...Array.from({ length: missing }, () => 0), ...after];
}

/** Only the last group may be an IPv4 address, which counts for two. */
function groupsOf(text: string, isLast: boolean): number[] | null {
  if (text === "") return [];
  const words = text.split(":");
  const tail = isLast ? parseIpv4(words.at(-1) ?? "") : null;
  const hex = tail === null ? words : words.slice(0, -1);
  if (!hex.every((word) => /^[0-9a-f]{1,4}$/i.test(word))) return null;
  const groups = hex.map((word) => Number.parseInt(word, 16));
  if (tail === null) return groups;
  const [a = 0, b = 0, c = 0, d = 0] = tail;
  return [...groups, a * 256 + b, c * 256 + d];
}
