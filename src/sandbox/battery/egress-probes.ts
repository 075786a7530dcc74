import type { EscapeProbe, Targets } from "./probe.ts";
import { node } from "./snippets.ts";

/** From a sandbox that may reach one service of the machine: to the others, and to any network without its proxy. */
export function egressProbes({ canary, tcp, tcp6, udp, listed, socket }: Targets): EscapeProbe[] {
  const [no, yes] = [`127.0.0.1:${tcp}`, `127.0.0.1:${listed}`];
  const spellings = [
    `localhost:${tcp}`,
    `LOCALHOST.:${tcp}`,
    `127.1:${tcp}`,
    `0.0.0.0:${tcp}`,
    `0x7f000001:${tcp}`,
    `2130706433:${tcp}`,
    `0177.0.0.1:${tcp}`,
    `127.0.0.1.:${tcp}`,
    `[::ffff:127.0.0.1]:${tcp}`,
    `${yes}@${no}`,
    `${yes}#@${no}`,
    `${yes}\\@${no}`,
    `127.0.0.1%00.example:${tcp}`,
    `${yes},${no}`,
    `127.0.0.1:0${tcp}`,
    `127.0.0.1 :${tcp}`,
    `127.0.0.1\t:${tcp}`,
    ...(tcp6 === null ? [] : [`[::1]:${tcp6}`, `[0:0::1]:${tcp6}`, `[::1%lo]:${tcp6}`]),
  ];
  const get = (url: string, host: string): string =>
    `GET ${url} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const post = (framing: string): string =>
    `POST http://${yes}/ HTTP/1.1\r\nHost: ${yes}\r\n${framing}\r\n\r\n0\r\n\r\n${get(`http://${no}/`, no)}`;
  return [
    relays("another port of a host that is listed", { asks: [tunnel(no)], canary }),
    relays("a service of the machine by other spellings (tunnel)", { asks: spellings.map(tunnel), canary }),
    relays("a service of the machine by other spellings (request)", {
      asks: [no, ...spellings].flatMap((each) => [get(`http://${each}/`, each), get(`http://${each}/`, yes)]),
      canary,
    }),
    relays("a service that only the Host header names", {
      asks: [
        get(`http://${yes}/`, no),
        get(`http://${yes}/`, `${yes}\r\nHost: ${no}`),
        get(`http://${no}/`, yes),
      ],
      canary: "200 OK",
    }),
    relays("a service by a request inside another (smuggling)", {
      asks: [
        post("Content-Length: 5\r\nTransfer-Encoding: chunked"),
        post("Content-Length: 5\r\nContent-Length: 0"),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
        `GET http://${yes}/ HTTP/1.1\r\nHost: ${yes}\r\n\r\n${get(`http://${no}/`, no)}`,
      ],
      canary,
    }),
    relays("a service by asking the proxy for itself", {
      asks: [`${tunnel("127.0.0.1:PROXY")}${tunnel(no)}`, `${tunnel("localhost:PROXY")}${tunnel(no)}`],
      canary,
    }),
    {
      ...relays("the metadata address of clouds", {
        asks: ["169.254.169.254:80", "[fd00:ec2::254]:80", "metadata.google.internal:80"].map(tunnel),
        canary: "200 OK",
      }),
      idle: "the machine may have no such way itself",
    },
    {
      name: "with a way out, reach a service of the machine around the proxy",
      why: "the list would be no more than a request",
      command: node(`
        for (const name of Object.keys(process.env)) if (/proxy/i.test(name)) delete process.env[name];
        const ways = [{ host: "127.0.0.1", port: ${tcp} }, { host: "::ffff:127.0.0.1", port: ${tcp} }, { path: ${JSON.stringify(socket)} }${tcp6 === null ? "" : `, { host: "::1", port: ${tcp6} }`}];
        const knock = (to) => new Promise((done) => {
          const socket = require("net").connect(to);
          socket.on("data", (text) => String(text).includes("${canary}") ? reached() : done()).on("error", () => done()).on("end", () => done());
        });
        const udp = require("dgram").createSocket("udp4").on("message", () => reached());
        udp.send("hello", ${udp}, "127.0.0.1", () => {});
        for (const way of ways) await knock(way);
        setTimeout(refused, 300);`),
      idle: null,
    },
    {
      name: "with a way out, have a way to a network or a name server",
      why: "what was read inside would be sent there",
      command: node(`
        for (const [type, to] of [["udp4", "192.0.2.1"], ["udp6", "2001:db8::1"], ["udp4", "169.254.169.254"]])
          await new Promise((done) => {
            const socket = require("dgram").createSocket(type);
            socket.on("error", done).connect(53, to, (error) => error ? done() : reached());
          });
        fs.existsSync("/etc/resolv.conf") ? reached() : refused();`),
      idle: "the machine may have none itself",
    },
  ];
}

function tunnel(authority: string): string {
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
}

/** Says each text to the proxy as it is; what has the canary in its answer got through. */
function relays(what: string, { asks, canary }: { asks: readonly string[]; canary: string }): EscapeProbe {
  const command = node(`
    if (!process.env.HTTP_PROXY) untried("there is no proxy");
    const { hostname, port } = new URL(process.env.HTTP_PROXY);
    const ask = (text) => new Promise((done) => {
      let said = "";
      const socket = require("net").connect({ host: hostname, port: Number(port) });
      socket.setTimeout(2000, () => socket.destroy());
      socket.on("data", (chunk) => { if ((said += chunk).includes("${canary}")) { console.log(text); reached(); } });
      socket.on("error", () => done()).on("close", () => done());
      socket.write(text.replaceAll("PROXY", port), "latin1");
    });
    await Promise.all(${JSON.stringify(asks)}.map(ask));
    refused();`);
  return {
    name: `with a way out, reach ${what}`,
    why: "one host that is let through would be all",
    command,
    idle: null,
  };
}
