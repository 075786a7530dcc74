/**
 * What of the person's ~/.npmrc says where packages come from, for a setup that has another HOME. Tokens and passwords stay
 * behind: no line but the registries', and no user name in an address.
 */
export function ownNpmrc(text: string): string {
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, key, address] = /^\s*((?:@[^:=\s]+:)?registry)\s*=\s*["']?(\S+?)["']?\s*$/.exec(line) ?? [];
    const clean = address === undefined ? null : withoutLogin(address);
    return key === undefined || clean === null ? [] : [`${key}=${clean}\n`];
  });
  return lines.join("");
}

/** Null for what is no address. */
export function withoutLogin(address: string): string | null {
  const url = URL.parse(address);
  if (url === null) return null;
  url.username = "";
  url.password = "";
  return url.href;
}
