import { plainText } from "../core/plain-text.ts";
import { redactWith } from "../core/secrets/redact.ts";
import { type Secrets, secretsOf } from "../sys/secrets.ts";
import { shownOn } from "./shown-on.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The same terminal, on which no secret is ever shown, and nothing that takes hold of a terminal: whatever prints, prints
 * through here. Into a file or a pipe go the bytes as they are.
 */
export function redactedTerminal(terminal: Terminal): Terminal {
  const secrets = secretsOf(terminal.env);
  return {
    ...terminal,
    stdout: withoutSecrets(terminal.stdout, secrets),
    stderr: withoutSecrets(terminal.stderr, secrets),
  };
}

/** What was not foreseen says more than we know: its words are made fit to be shown. */
export function redactError(error: unknown, { env }: Terminal): void {
  if (!(error instanceof Error)) return;
  const { findAny } = secretsOf(env);
  error.message = plainText(redactWith(findAny, error.message));
  if (error.stack !== undefined) error.stack = plainText(redactWith(findAny, error.stack));
}

/** Everything but `write` is the stream's own, its size too, which changes. */
function withoutSecrets<Stream extends NodeJS.WriteStream>(stream: Stream, { findAny }: Secrets): Stream {
  const clean = (chunk: unknown): unknown => {
    if (typeof chunk === "string") return shownOn(stream, { text: chunk, findSecrets: findAny });
    if (!(chunk instanceof Uint8Array)) return chunk;
    // Byte for byte: a patch may hold files of any encoding.
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    const redacted = redactWith(findAny, text);
    return redacted === text ? chunk : Buffer.from(redacted, "latin1");
  };
  const write = (chunk: unknown, ...rest: unknown[]): unknown =>
    Reflect.apply(Reflect.get(stream, "write"), stream, [clean(chunk), ...rest]);
  return new Proxy(stream, {
    get: (target, name) => {
      if (name === "write") return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (...args: unknown[]) => Reflect.apply(value, target, args) : value;
    },
  });
}
