import { plainLine } from "../../core/plain-text.ts";
import { parseHostRule } from "../../core/egress/allowlist.ts";
import { parseAuthority } from "../../core/egress/target.ts";

/** A program that asks for ten thousand hosts fills no report. */
const shown = 5;
const maxKept = 100;
const maxTargetChars = 200;

/** What the proxy of a sandbox has refused since it was last asked. */
export class Refusals {
  readonly #setting: string;
  #reasons = new Map<string, string>();

  constructor(setting: string) {
    this.#setting = setting;
  }

  add(target: string, reason: string): void {
    if (this.#reasons.size < maxKept) this.#reasons.set(plainLine(target).slice(0, maxTargetChars), reason);
  }

  /** Sentences that name each host and the entry that would let it through; null where there was none. */
  take(): string | null {
    const all = [...this.#reasons];
    this.#reasons = new Map();
    if (all.length === 0) return null;
    const lines = all.slice(0, shown).map(([target, reason]) => {
      const entry = entryFor(target, reason);
      const advice =
        entry === null ? "" : `. To allow it, add "${entry}" to the list ${this.#setting} in agentx.yaml`;
      return `agentx: ${target} is closed to this sandbox: ${reason}${advice}`;
    });
    const more = all.length - lines.length;
    return [...lines, ...(more > 0 ? [`agentx: and ${more} more`] : [])].join("\n");
  }
}

function entryFor(target: string, reason: string): string | null {
  const read = parseAuthority(target, null);
  if (read === null) return null;
  const host = read.host.includes(":") ? `[${read.host}]` : read.host;
  const entry = read.port === 443 || read.port === 80 ? host : `${host}:${read.port}`;
  if (!reason.includes("private address") || parseHostRule(entry)?.isPrivate === true) return entry;
  return `${entry} private`;
}
