import { request as requestHttp, type IncomingMessage } from "node:http";
import { RequestHeaders } from "./request-headers.ts";

/** As the SDKs give it to a fetch: whole bodies, of JSON. */
type Sent = { url: string | URL; init: RequestInit };

/**
 * Sends a call and fulfils with the head of its answer; the answer's body is read from it, uncompressed. Redirects are not followed. It goes by Node's
 * own agents, which keep connections and know the person's proxy where NODE_USE_ENV_PROXY says so.
 * Rejects with the connection's error, or with the signal's reason, which also ends the answer.
 */
export async function sendRequest({ url, init }: Sent): Promise<IncomingMessage> {
  const { method = "GET", body = null, signal } = init;
  signal?.throwIfAborted();
  const bytes = bytesOf(body);
  const headers = Object.fromEntries(new RequestHeaders(init.headers));
  const target = new URL(url);
  const request = (target.protocol === "https:" ? (await import("node:https")).request : requestHttp)(
    target,
    {
      method,
      headers: { ...headers, "accept-encoding": "identity", "content-length": String(bytes.length) },
    },
  );
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal?.reason);
      request.destroy();
    };
    signal?.addEventListener("abort", abort, { once: true });
    request.once("close", () => signal?.removeEventListener("abort", abort));
    request.on("response", (answer) => {
      // Told to whoever reads the body; here only so that it is not unhandled where nobody does any more.
      answer.on("error", () => {});
      resolve(answer);
    });
    request.on("error", reject);
    // Node loads all of `fetch` with the first use of one of its classes: the answer is one, and there is time until it comes.
    request.once("finish", () => void Response);
    request.end(bytes);
  });
}

function bytesOf(body: RequestInit["body"] | null): Uint8Array {
  if (body === null || body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  throw new TypeError("a model's call has a body of text or bytes");
}
