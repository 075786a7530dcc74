import { BlockList, isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  allowlistOf,
  isAddressAllowed,
  judgeTarget,
  parseHostRule,
} from "../../../src/core/egress/allowlist.ts";
import { parseIp } from "../../../src/core/egress/ip-address.ts";
import { isPublicAddress } from "../../../src/core/egress/public-address.ts";
import { parseAuthority, parseHttpUrl, type Target } from "../../../src/core/egress/target.ts";

/** Node's own, filled from the registries once more and by hand: it shares nothing with what is tested. */
const [closed4, closed6] = [new BlockList(), new BlockList()];
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  closed4.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::", 3],
  ["4000::", 2],
  ["8000::", 1],
  ["2001:db8::", 32],
  ["2002::", 16],
] as const)
  closed6.addSubnet(net, bits, "ipv6");

function isClosed(address: string): boolean {
  return isIPv6(address) ? closed6.check(address, "ipv6") : closed4.check(address, "ipv4");
}

const list = allowlistOf(["registry.example", "*.cdn.example", "tools.example:8443", "93.184.216.34"]);
const everyPublic = allowlistOf(true);

/** What a client that reads addresses as browsers do would connect to. */
function whereTo(authority: string): Target | null {
  const url = URL.parse(`http://${authority}/`);
  if (url === null || url.hostname === "") return null;
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return { host, port: url.port === "" ? 80 : Number(url.port) };
}

/** By its own words, without the code that is tested. */
function isMeant({ host, port }: Target): boolean {
  const isWeb = port === 80 || port === 443;
  if (host === "registry.example" || host === "93.184.216.34") return isWeb;
  if (host.endsWith(".cdn.example")) return isWeb;
  return host === "tools.example" && port === 8443;
}

const good = ["registry.example", "a.cdn.example", "tools.example", "93.184.216.34"];
const bad = [
  "evil.example",
  "registry.example.evil.test",
  "xregistry.example",
  "cdn.example",
  "localhost",
  "metadata",
  "127.0.0.1",
  "10.0.0.1",
  "169.254.169.254",
  "0.0.0.0",
  "100.64.1.1",
  "224.0.0.251",
  "192.168.1.1",
  "[::1]",
  "[::]",
  "[::ffff:127.0.0.1]",
  "[::ffff:7f00:1]",
  "[fe80::1%25eth0]",
  "[fe80::1%lo]",
  "[fc00::1]",
  "0x7f.1",
  "0177.0.0.1",
  "2130706433",
  "127.1",
  "0x7f000001",
  "127.0.0.1.",
  "[64:ff9b::7f00:1]",
  "xn--80ak6aa92e.com",
  "аррӏе.com",
  "registry。example",
  "ｒegistry.example",
  "bücher.example",
];
const noise = [
  "\0",
  "\r\n",
  "\n",
  "	",
  " ",
  "%00",
  "%2e",
  "%0d%0aHost: evil.example",
  "@",
  ":",
  "/",
  "\\",
  "?",
  "#",
  "..",
  ".",
  "-",
  "user:pass@",
  "evil.example@",
  "​",
  "­",
  "․",
  "*",
  "[",
  "]",
  "%25",
  ";",
  ",",
  "a".repeat(64),
  `${"a.".repeat(130)}`,
  "0",
  "00",
  "0x",
  "::",
  "http://",
  "//",
];
const ports = [
  "",
  ":80",
  ":443",
  ":8443",
  ":22",
  ":0",
  ":080",
  ":65536",
  ":99999999999",
  ": 80",
  ":+80",
  ":80:443",
];

const piece = fc.constantFrom(...good, ...bad, ...noise);
const spelling = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 3 }), fc.constantFrom(...ports), fc.boolean(), fc.nat(3))
  .map(([pieces, port, isUpper, how]) => {
    const joined = how === 0 ? pieces.join(".") : pieces.join("");
    return `${isUpper ? joined.toUpperCase() : joined}${port}`;
  });

test("10,000 spellings of a target: none gets anywhere but to what the list means", () => {
  let allowed = 0;
  fc.assert(
    fc.property(fc.oneof(piece, spelling), (text) => {
      for (const target of [parseAuthority(text, 80), parseHttpUrl(`http://${text}/a`)?.target ?? null]) {
        if (target === null) continue;
        const meant = whereTo(text);
        const judged = judgeTarget(list, target);
        if (judged.type === "allowed") {
          allowed += 1;
          expect(meant).toEqual(target);
          expect(isMeant(target), text).toBe(true);
          expect(judged.isPrivate).toBe(false);
        }
        // A literal is its own address: it is judged as what the client would connect to.
        if (parseIp(target.host) !== null && judgeTarget(everyPublic, target).type === "allowed") {
          if (isClosed(target.host))
            expect(isAddressAllowed(target.host, { isPrivate: false }), text).toBe(false);
        } else if (meant !== null && (isIPv4(meant.host) || isIPv6(meant.host))) {
          expect(parseIp(target.host), `${text} is read as a name`).not.toBeNull();
        }
      }
    }),
    { numRuns: 10_000 },
  );
  expect(allowed).toBeGreaterThan(200);
});

test("10,000 addresses: none that Node's own list closes is public", () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc
      .tuple(fc.constantFrom("::ffff:", "64:ff9b::", "2002:", "fe80::", "::"), fc.ipV4())
      .map((both) => both.join("")),
  );
  fc.assert(
    fc.property(address, (text) => {
      const isIp = isIPv4(text) || isIPv6(text);
      expect(parseIp(text) !== null, text).toBe(isIp);
      // NAT64 stands for the IPv4 address in it.
      const judged = /^64:ff9b::(\d+\.\d+\.\d+\.\d+)$/.exec(text)?.[1] ?? text;
      if (isIp && isClosed(judged)) expect(isPublicAddress(text), text).toBe(false);
    }),
    { numRuns: 10_000 },
  );
});

test.each([
  ["8.8.8.8", true],
  ["2606:4700::1111", true],
  ["64:ff9b::8.8.8.8", true],
  ["168.63.129.16", false],
  ["203.0.113.1", false],
  ["64:ff9b::10.0.0.1", false],
  ["2001::1", false],
  ["name.example", false],
])("%s is public: %s", (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic);
});

test.each([
  ["Registry.Example.", { host: "registry.example", ports: [443, 80], isBelow: false, isPrivate: false }],
  ["*.example.com:8443", { host: "example.com", ports: [8443], isBelow: true, isPrivate: false }],
  ["bücher.example", { host: "xn--bcher-kva.example", ports: [443, 80], isBelow: false, isPrivate: false }],
  ["127.0.0.1:4873", { host: "127.0.0.1", ports: [4873], isBelow: false, isPrivate: true }],
  ["[::1]:4873", { host: "0:0:0:0:0:0:0:1", ports: [4873], isBelow: false, isPrivate: true }],
  ["localhost:4873", { host: "localhost", ports: [4873], isBelow: false, isPrivate: true }],
  ["nexus.corp:8081 private", { host: "nexus.corp", ports: [8081], isBelow: false, isPrivate: true }],
  ["8.8.8.8", { host: "8.8.8.8", ports: [443, 80], isBelow: false, isPrivate: false }],
])("the entry %s", (entry, rule) => {
  expect(parseHostRule(entry)).toEqual(rule);
});

test.each([
  "",
  "*",
  "*.com",
  "*.10.0.0.1",
  "*.corp.example private",
  "https://example.com",
  "example.com/path",
  "user@example.com",
  "example.com:0",
  "example.com:99999",
  "0x7f.1",
  "127.1",
  "::1",
  "a b",
  "exa\0mple.com",
  "b%C3%BCcher.example",
  "ü@example.com",
])("the entry %j is none", (entry) => {
  expect(parseHostRule(entry)).toBeNull();
});

test("a name below, an address and another port are not what was named", () => {
  const judge = (text: string): string =>
    judgeTarget(list, parseAuthority(text, null) ?? { host: "", port: 0 }).type;
  expect(["registry.example:443", "x.y.cdn.example:80", "tools.example:8443"].map(judge)).toEqual(
    Array(3).fill("allowed"),
  );
  expect(
    ["a.registry.example:443", "cdn.example:443", "tools.example:443", "registry.example:22"].map(judge),
  ).toEqual(Array(4).fill("refused"));
  expect(judgeTarget(everyPublic, { host: "any.example", port: 22 }).type).toBe("refused");
});
