import { request } from "node:http";

export type Answer = { status: number; text: string; json: () => unknown };
export type Call = { answer: Promise<Answer>; hangUp: () => void };

/** One HTTP request to a unix socket, as the program inside would make it through the door. */
export function callSocket(
  socketPath: string,
  path: string,
  { method = "GET", body = "" }: { method?: string; body?: string } = {},
): Call {
  const { promise: answer, resolve, reject } = Promise.withResolvers<Answer>();
  const call = request({ socketPath, path, method, headers: { "content-type": "application/json" } });
  call.once("error", reject).once("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.once("error", reject).once("end", () => {
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode ?? 0, text, json: () => JSON.parse(text) as unknown });
    });
  });
  call.end(body);
  answer.catch(() => {}); // who hangs up need not listen
  return { answer, hangUp: () => void call.destroy() };
}

export function post(socketPath: string, path: string, body: unknown): Call {
  return callSocket(socketPath, path, { method: "POST", body: JSON.stringify(body) });
}
