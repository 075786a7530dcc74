import { isUtf8 } from "node:buffer";
import { StringDecoder } from "node:string_decoder";
import { redact } from "../redact.ts";
import type { RecordedAnswer } from "./cassette.ts";

type Body = Pick<RecordedAnswer, "body" | "base64">;

/** The pieces as text where they are text, so that a person can read them. `decodeBody` gives the same bytes back. */
export function encodeBody(chunks: readonly Buffer[]): Body {
  if (!isUtf8(Buffer.concat(chunks)))
    return { body: chunks.map((chunk) => chunk.toString("base64")), base64: true };
  const decoder = new StringDecoder("utf8");
  return { body: chunks.map((chunk) => decoder.write(chunk)).filter((text) => text !== "") };
}

export function decodeBody({ body, base64 }: Body): Buffer[] {
  return body.map((piece) => Buffer.from(piece, base64 ? "base64" : "utf8"));
}

/** Without the key, should a server ever send it back; one that refuses a key may show a part of it. */
export function withoutKey(
  chunks: readonly Buffer[],
  { status, key }: { status: number; key: string },
): readonly Buffer[] {
  if (key === "") return chunks;
  const whole = Buffer.concat(chunks);
  if (status >= 400) return [Buffer.from(redact(whole.toString(), key))];
  if (!whole.includes(key)) return chunks;
  // One piece: the key may have been cut in two. latin1 keeps every byte as it is.
  const bytes = Buffer.from(key).toString("latin1");
  return [Buffer.from(whole.toString("latin1").replaceAll(bytes, "[key]"), "latin1")];
}
