import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";

/** Longer than the pools of clients keep a connection: the one who closes first must not be the server. */
const keepAliveTimeout = 120_000;

export function createServer(answer: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const isWebSocket = ({ headers }: IncomingMessage): boolean =>
    headers.upgrade?.toLowerCase() === "websocket";
  // Other upgrades, like the one to HTTP/2, may be ignored.
  const server = createHttpServer({ keepAliveTimeout, shouldUpgradeCallback: isWebSocket }, answer);
  // Clients that prefer a WebSocket fall back to POST.
  server.on("upgrade", (_request, socket) => {
    socket.on("error", () => {
      // The client has gone, and nobody waits for the refusal.
    });
    socket.end("HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  return server;
}
