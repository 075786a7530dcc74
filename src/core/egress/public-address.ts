import { parseIp } from "./ip-address.ts";

type Range = readonly [first: number, bits: number];

const range4 = (text: string, bits: number): Range => [toNumber(parseIp(text)?.parts ?? []), bits];

/** What is not the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast. */
const notPublic4: readonly Range[] = [
  range4("0.0.0.0", 8),
  range4("10.0.0.0", 8),
  range4("100.64.0.0", 10),
  range4("127.0.0.0", 8),
  range4("169.254.0.0", 16),
  range4("172.16.0.0", 12),
  range4("192.0.0.0", 24),
  range4("192.0.2.0", 24),
  range4("192.88.99.0", 24),
  range4("192.168.0.0", 16),
  range4("198.18.0.0", 15),
  range4("198.51.100.0", 24),
  range4("203.0.113.0", 24),
  range4("224.0.0.0", 4),
  range4("240.0.0.0", 4),
];

/** Azure's: a public number with a service of the machine's own host behind it. */
const metadata4 = "168.63.129.16";

/** Of an address literal; what is none is not public. */
export function isPublicAddress(text: string): boolean {
  const address = parseIp(text);
  if (address === null) return false;
  return address.version === 4 ? isPublic4(address.parts) : isPublic6(address.parts);
}

function isPublic4(parts: readonly number[]): boolean {
  if (parts.join(".") === metadata4) return false;
  const number = toNumber(parts);
  return !notPublic4.some(
    ([first, bits]) => Math.floor(number / 2 ** (32 - bits)) === first / 2 ** (32 - bits),
  );
}

/**
 * Only 2000::/3 is given out (https://www.iana.org/assignments/ipv6-address-space), so loopback, mapped, local and multicast
 * addresses need no line. Of it, not what has an IPv4 address inside (Teredo, 6to4) or is for protocols and documentation.
 * NAT64 is judged by the address that it stands for.
 */
function isPublic6(parts: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = parts;
  if (a === 0x64 && b === 0xff9b && (c | d | e | f) === 0)
    return isPublic4([g >> 8, g & 0xff, h >> 8, h & 0xff]);
  if (a >> 13 !== 1) return false;
  if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return false;
  return a !== 0x2002 && !(a === 0x3fff && b < 0x1000);
}

function toNumber(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
