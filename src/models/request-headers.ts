import { validateHeaderName, validateHeaderValue } from "node:http";

type Init = NonNullable<RequestInit["headers"]> | RequestHeaders;

/**
 * What a request's headers are to an SDK, without the `fetch` behind Node's own class, which takes as long to load as a bare Node to start and is not
 * needed before there is an answer. The build hands it to Anthropic's SDK (build/request-headers.ts). Throws as `node:http` on a name or value that cannot be sent.
 */
export class RequestHeaders {
  readonly #values = new Map<string, string>();

  constructor(init: Init = []) {
    const pairs = Symbol.iterator in init ? init : Object.entries(init);
    for (const [name, value] of pairs) this.append(name, String(value));
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, value);
    if (before !== null) this.#values.set(name.toLowerCase(), `${before}, ${trimmed(value)}`);
  }

  set(name: string, value: string): void {
    validateHeaderName(name);
    validateHeaderValue(name, trimmed(value));
    this.#values.set(name.toLowerCase(), trimmed(value));
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  delete(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  entries(): ArrayIterator<[string, string]> {
    return [...this.#values].sort(([one], [other]) => (one < other ? -1 : 1)).values();
  }

  [Symbol.iterator](): ArrayIterator<[string, string]> {
    return this.entries();
  }
}

/** Also of the line break that a key read from a file ends with. */
function trimmed(value: string): string {
  return value.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
}
