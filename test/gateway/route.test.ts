import fc from "fast-check";
import { connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import { readRoute } from "../../src/gateway/route.ts";
import { startModelServer } from "../model-server/server.ts";
import { aSession, endAll, endings, socketPath } from "./a-gateway.ts";

afterEach(endAll);

/** All that may ever be asked of a vendor, whatever the client wrote. */
const pinned =
  /^(\/v1\/messages(\/count_tokens)?(\?beta=true)?|\/responses|\/chat\/completions|\/v1(beta)?\/models\/[A-Za-z0-9][A-Za-z0-9_.-]*:(streamGenerateContent|generateContent|countTokens)(\?alt=sse)?)$/;

const pieces = [
  "/",
  ":",
  ".",
  "?",
  "&",
  "=",
  "%",
  "\\",
  "#",
  "@",
  " ",
  ";",
  "~",
  "//",
  "..",
  "%2e%2e",
  "%2f",
  "%5c",
  "%0d%0a",
  "\r\n",
  "\u0000",
  "http://evil.test",
  "/anthropic",
  "/openai",
  "/google",
  "/v1",
  "/v1beta",
  "/models/",
  "gemini-3",
  ":streamGenerateContent",
  ":generateContent",
  ":batchEmbedContents",
  "/messages",
  "/batches",
  "/count_tokens",
  "/responses",
  "/chat/completions",
  "/files",
  "beta=true",
  "alt=sse",
  "key=x",
];
const valid = [
  "/anthropic/v1/messages?beta=true",
  "/anthropic/v1/messages/count_tokens",
  "/openai/v1/responses",
  "/openai/v1/chat/completions",
  "/google/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse",
];

/** Random pieces, or a known path with something put in, so that the near misses are many. */
const targets = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join("")),
  fc
    .tuple(fc.constantFrom(...valid), fc.nat(80), fc.oneof(fc.constantFrom(...pieces), fc.string()))
    .map(([path, at, piece]) => path.slice(0, at) + piece + path.slice(at)),
);

it("never makes another path of what a client asks for", () => {
  let passed = 0;
  fc.assert(
    fc.property(fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD"), targets, (method, target) => {
      const route = readRoute(method, target);
      if (route.type !== "call") return;
      passed += 1;
      expect(method).toBe("POST");
      expect(route.path).toMatch(pinned);
    }),
    { numRuns: 10_000 },
  );
  expect(passed).toBeGreaterThan(100);
});

it("never lets a raw request line reach anything else at the vendor", async () => {
  const server = await startModelServer({ reply: () => ({ say: "ok" }) });
  endings.push(server.close);
  const path = await socketPath();
  await aSession(server, { listen: { type: "socket", path } });
  const lines = fc.sample(targets, 2_000);
  const body = '{"model":"m","messages":[]}';
  await inTurns(8, lines, async (target) => {
    await sendRaw(
      path,
      `POST ${target} HTTP/1.1\r\nhost: evil.test\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
  });
  expect(server.requests.length).toBeGreaterThan(10);
  for (const { method, path: asked, headers } of server.requests) {
    expect(method).toBe("POST");
    expect(asked.replace(/^\/v1(?=\/responses|\/chat)/, "")).toMatch(pinned);
    expect(headers.host).toBe(new URL(server.url).host);
  }
});

it.each([
  "http://evil.test/anthropic/v1/messages",
  "//evil.test/anthropic/v1/messages",
  "/anthropic/../anthropic/v1/messages",
  "/anthropic//v1/messages",
  "/anthropic/v1%2fmessages",
  "/x/%2e%2e/anthropic/v1/messages",
  "/anthropic\\v1\\messages",
])("refuses %s before anybody else sees it", (target) => {
  expect(readRoute("POST", target)).toEqual({ type: "refused" });
});

it.each([
  "/openai/v1/files",
  "/openai/v1/responses/resp_1",
  "/anthropic/v1/messages/batches",
  "/google/upload/v1beta/files",
  "/google/v1beta/models/..:generateContent",
])("does not know %s", (target) => {
  expect(readRoute("POST", target).type).toBe("unknown");
});

async function inTurns<T>(lanes: number, items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const lane = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function sendRaw(path: string, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = connect(path, () => socket.write(text));
    socket.resume();
    // A request line that is none gets the connection closed.
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
    socket.setTimeout(5000, () => socket.destroy());
  });
}
