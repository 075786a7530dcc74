import { request as requestHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import { pipeline } from "node:stream";
import { formatTarget, type HttpTarget, parseAuthority } from "../../core/egress/target.ts";
import { addressOf, credentialsOf } from "./dial-proxy.ts";
import { dial, type Way } from "./reach.ts";

/** Of one connection, never handed on. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
]);

/** Exactly one Host header, and it names what the request line names: a server behind could believe either. */
export function hasSameHost({ rawHeaders }: IncomingMessage, { target }: HttpTarget): boolean {
  const names = rawHeaders.filter((_, at) => at % 2 === 0);
  const hosts = names.flatMap((name, at) => (name.toLowerCase() === "host" ? rawHeaders[at * 2 + 1] : []));
  const named = hosts.length === 1 ? parseAuthority(hosts[0] ?? "", 80) : null;
  return named !== null && formatTarget(named) === formatTarget(target);
}

/** The request is made anew from what was read of it, so nothing that only looks like its end (smuggling) comes along. */
export async function forward(
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  to: HttpTarget,
  way: Way,
): Promise<void> {
  const headers = { ...withoutHops(request), host: to.authority };
  const options = { method: request.method ?? "GET" };
  const upstream =
    way.type === "direct"
      ? await directRequest(to, { way, headers, options })
      : (way.proxy.protocol === "https:" ? requestHttps : requestHttp)({
          ...options,
          ...addressOf(way.proxy),
          agent: false,
          path: `http://${to.authority}${to.path}`,
          headers: { ...headers, ...credentialsOf(way.proxy) },
        });
  await new Promise<void>((resolve, reject) => {
    upstream.once("error", reject);
    upstream.once("response", (answer) => {
      response.writeHead(answer.statusCode ?? 502, withoutHops(answer));
      pipeline(answer, response, () => resolve());
    });
    response.once("close", () => upstream.destroy());
    request.pipe(upstream);
  });
}

type Direct = {
  way: Extract<Way, { type: "direct" }>;
  headers: Record<string, string | string[]>;
  options: { method: string };
};

async function directRequest(
  { target, path }: HttpTarget,
  { way, headers, options }: Direct,
): Promise<ReturnType<typeof requestHttp>> {
  const socket = await dial(target.port, way.addresses);
  // An agent, even `false`, would make a connection of its own, to wherever the name leads by then.
  return requestHttp({ ...options, path, headers, setHost: false, createConnection: () => socket });
}

function withoutHops({ headers }: IncomingMessage): Record<string, string | string[]> {
  const named = (headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase());
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || hopByHop.has(name) || named.includes(name) ? [] : [[name, value]],
    ),
  );
}
