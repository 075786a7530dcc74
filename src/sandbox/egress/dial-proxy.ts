import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Socket } from "node:net";

const connectTimeoutMs = 30_000;

/** A tunnel to `authority` through the person's own proxy. */
export async function dialProxy(proxy: URL, authority: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === "https:" ? requestHttps : requestHttp)({
      ...addressOf(proxy),
      method: "CONNECT",
      path: authority,
      headers: { host: authority, ...credentialsOf(proxy) },
      agent: false,
      timeout: connectTimeoutMs,
    });
    request.once("timeout", () => request.destroy(new Error("your proxy gave no answer in time")));
    request.once("error", reject);
    request.once("connect", ({ statusCode }, socket: Socket, head) => {
      if (statusCode === 200) {
        socket.setTimeout(0);
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Error(`your proxy answered ${statusCode}`));
    });
    request.end();
  });
}

export function addressOf({ hostname, port, protocol }: URL): { host: string; port: number } {
  const usual = protocol === "https:" ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? usual : Number(port) };
}

export function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(words).toString("base64")}` };
}
