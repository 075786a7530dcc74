import type { IncomingMessage, ServerResponse } from "node:http";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Sandbox, SpawnEnding, Spawned } from "../../../src/sandbox/sandbox.ts";
import { openDoored, serveAt } from "../door-support.ts";
import { describeBoth, eventually, outputOf, run, specFor, worktree } from "../support.ts";

type Said = { out: string; err: string };
type Talk = Spawned & { said: Said };

function begin(sandbox: Sandbox, args: string[], env: Record<string, string> = {}): Talk {
  const said = { out: "", err: "" };
  const spawned = sandbox.spawn({
    file: "agentx",
    args,
    env,
    onStdout: (text) => void (said.out += text),
    onStderr: (text) => void (said.err += text),
  });
  return { ...spawned, said };
}

async function agentx(sandbox: Sandbox, args: string[], input = ""): Promise<Said & { ending: SpawnEnding }> {
  const talk = begin(sandbox, args);
  talk.write(input);
  talk.endInput();
  return { ending: await talk.ended, ...talk.said };
}
const exited = (exitCode: number): SpawnEnding => ({ type: "exited", exitCode });

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  return body;
}
const json = (response: ServerResponse, status: number, value: unknown): void => {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value, null, 2));
};

describeBoth("agentx inside: ask", (provider) => {
  test("prints the person's answer, when it comes", async () => {
    await using place = await openDoored(await provider());
    let asked = "";
    let waitMs = 1_500;
    await using _ = await serveAt(place.door, async (request, response) => {
      asked = `${request.method} ${request.url} ${await bodyOf(request)}`;
      setTimeout(() => json(response, 200, { answer: "the blue one, é" }), waitMs);
      waitMs = 0;
    });
    const words = ["ask", "Which one? 😀", "--option", "blue", "--option=red", "--default", "red"];
    expect(await agentx(place.sandbox, words)).toEqual({
      ending: exited(0),
      out: "the blue one, é\n",
      err: "",
    });
    const question = { text: "Which one? 😀", options: ["blue", "red"], default: "red" };
    expect(asked).toBe(`POST /agentx/ask ${JSON.stringify(question)}`);
    await agentx(place.sandbox, ["ask", "-"], `${"long ".repeat(200_000)}?\n`);
    const [, , body = ""] = /^(POST \/agentx\/ask) (.*)$/s.exec(asked) ?? [];
    expect(JSON.parse(body)).toEqual({ text: `${"long ".repeat(200_000)}?`, options: [], default: null });
    // As a command, and by words without quotes.
    expect(await outputOf(place.sandbox, "agentx ask now or later")).toBe("the blue one, é");
    expect(asked).toContain('"text":"now or later"');
  });

  test("tells a refusal, and that nobody answers", async () => {
    await using place = await openDoored(await provider());
    expect(await agentx(place.sandbox, ["ask", "x"])).toEqual({
      ending: exited(3),
      out: "",
      err: expect.stringContaining("connection to the dispatcher was lost"),
    });
    let status = 409;
    await using server = await serveAt(place.door, (request, response) => {
      if (status === 0) request.socket.destroy();
      else if (status === 1) response.writeHead(200).write('{"answ');
      else json(response, status, { error: "there is no question to ask" });
      if (status === 1) setTimeout(() => request.socket.destroy(), 50);
    });
    expect(server.listening).toBe(true);
    expect(await agentx(place.sandbox, ["ask", "x"])).toEqual({
      ending: exited(2),
      out: "",
      err: "agentx: there is no question to ask\n",
    });
    for (status of [500, 0, 1]) {
      expect(await agentx(place.sandbox, ["ask", "x"])).toMatchObject({ ending: exited(3), out: "" });
    }
  });

  test("says how it is used, and where", async () => {
    await using place = await openDoored(await provider());
    for (const args of [
      [],
      ["nonsense"],
      ["toString"],
      ["ask"],
      ["ask", ""],
      ["ask", "x", "--no"],
      ["notes", "x"],
      ["mcp", "x"],
    ]) {
      const { ending, out, err } = await agentx(place.sandbox, args);
      expect({ args, ending, out }).toEqual({ args, ending: exited(2), out: "" });
      expect(err).toContain("Usage");
    }
    expect(await outputOf(place.sandbox, "env -u AGENTX_DOOR agentx ask x 2>&1 || echo $?")).toBe(
      "agentx: this works only inside a worker of agentx\n2",
    );
  });

  test("does not depend on what else is called node or agentx, nor on NODE_OPTIONS", async () => {
    using other = worktree();
    for (const name of ["node", "agentx"]) {
      writeFileSync(join(other.outside, name), "#!/bin/sh\necho not this one\n");
      chmodSync(join(other.outside, name), 0o755);
    }
    const env = { PATH: `${other.outside}:/usr/bin:/bin`, NODE_OPTIONS: "--require /no/such/file" };
    await using place = await openDoored(await provider(), { env, readOnly: [other.outside] });
    await using _ = await serveAt(place.door, (__, response) => json(response, 200, { answer: "this one" }));
    expect(await outputOf(place.sandbox, "node; agentx ask x")).toBe("not this one\nthis one");
  });

  test("is not there without a door", async () => {
    using place = worktree();
    const env = { PATH: "/usr/bin:/bin" };
    await using sandbox = await (await provider()).open(specFor(place.root, { env }));
    expect(await run(sandbox, "agentx ask x")).toMatchObject({ exitCode: 127 });
  });
});

describeBoth("agentx inside: notes", (provider) => {
  test("prints one paragraph a note, and nothing for none", async () => {
    await using place = await openDoored(await provider());
    let notes: string[] = ["use tabs\n", "and be quick"];
    let asked = "";
    await using _ = await serveAt(place.door, (request, response) => {
      asked = `${request.method} ${request.url}`;
      json(response, 200, { notes });
    });
    expect(await agentx(place.sandbox, ["notes"])).toMatchObject({ out: "use tabs\n\nand be quick\n" });
    expect(asked).toBe("GET /agentx/notes");
    notes = [];
    expect(await agentx(place.sandbox, ["notes"])).toEqual({ ending: exited(0), out: "", err: "" });
  });
});

describeBoth("agentx inside: mcp", (provider) => {
  const call = (id: number | string, method: string): string =>
    `${JSON.stringify({ jsonrpc: "2.0", id, method })}\n`;

  /** Answers `ask` when it is told to, `events` as a stream, `note` without a body, `break` not at all, others at once. */
  async function serve(
    door: string,
  ): Promise<AsyncDisposable & { answer: () => void; seen: IncomingMessage[]; methods: string[] }> {
    const seen: IncomingMessage[] = [];
    const methods: string[] = [];
    let answer = (): void => {};
    const server = await serveAt(door, async (request, response) => {
      seen.push(request);
      const message: unknown = JSON.parse(await bodyOf(request));
      const { id, method } = message as { id: number; method: string };
      methods.push(method);
      const result = { jsonrpc: "2.0", id, result: { text: `${method}\u2028` } };
      response.setHeader("mcp-session-id", "one");
      if (method === "ask") answer = () => json(response, 200, result);
      else if (method === "break") request.socket.destroy();
      else if (method === "note") response.writeHead(202).end();
      else if (method === "refuse") json(response, 400, { error: "no" });
      else if (method === "events") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(': hello\r\nevent: message\r\ndata: {"jsonrpc":"2.0","method":"progress"}\r\n\r\n');
        setTimeout(() => response.end(`data: ${JSON.stringify(result)}\n\n`), 400);
      } else json(response, 200, result);
    });
    return {
      seen,
      methods,
      answer: () => answer(),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  }

  test("passes calls on side by side, and ends when all are answered", async () => {
    await using place = await openDoored(await provider());
    await using server = await serve(place.door);
    const talk = begin(place.sandbox, ["mcp"]);
    talk.write(call("a", "ask"));
    expect(await eventually(() => server.seen.length === 1)).toBe(true);
    talk.write(`${call(2, "ping").slice(0, 9)}`);
    talk.write(`${call(2, "ping").slice(9)}\n`);
    expect(await eventually(() => talk.said.out.endsWith("\n"))).toBe(true);
    talk.write('{"jsonrpc":"2.0","method":"note"}\n');
    expect(await eventually(() => server.seen.length === 3)).toBe(true);
    expect(talk.said.out).toBe(
      '{   "jsonrpc": "2.0",   "id": 2,   "result": {     "text": "ping\u2028"   } }\n',
    );
    talk.endInput();
    await new Promise((resolve) => setTimeout(resolve, 300));
    server.answer();
    expect(await talk.ended).toEqual(exited(0));
    const lines = talk.said.out.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ id: "a", result: { text: "ask\u2028" } });
    expect(talk.said.err).toBe("");
    expect(server.seen[0]?.headers.accept).toBe("application/json, text/event-stream");
    expect(server.seen[2]?.headers["mcp-session-id"]).toBe("one");
  });

  test("keeps a notification before what comes after it", async () => {
    await using place = await openDoored(await provider());
    await using server = await serve(place.door);
    const note = '{"jsonrpc":"2.0","method":"note"}\n';
    const input = Array.from({ length: 10 }, (_, i) => note + call(i, `ping${i}`)).join("");
    await agentx(place.sandbox, ["mcp"], input);
    // Requests may overtake each other, but the n-th note has arrived before the n-th request after it.
    let [notes, pings] = [0, 0];
    for (const method of server.methods) {
      if (method === "note") notes += 1;
      else expect(notes).toBeGreaterThan(Number(method.slice(4)));
      pings += method === "note" ? 0 : 1;
    }
    expect(pings).toBe(10);
  });

  test("hands on each event as it comes", async () => {
    await using place = await openDoored(await provider());
    await using _ = await serve(place.door);
    const talk = begin(place.sandbox, ["mcp"]);
    talk.write(call(1, "events").trimEnd());
    talk.endInput();
    expect(await eventually(() => talk.said.out !== "")).toBe(true);
    expect(talk.said.out).toBe('{"jsonrpc":"2.0","method":"progress"}\n');
    expect(await talk.ended).toEqual(exited(0));
    expect(JSON.parse(talk.said.out.split("\n")[1] ?? "")).toMatchObject({ id: 1 });
  });

  test("answers itself where no answer comes, so that nobody waits for ever", async () => {
    await using place = await openDoored(await provider());
    await using _ = await serve(place.door);
    const input = `not json\n${call(1, "break")}${call(2, "refuse")}\n{"jsonrpc":"2.0","method":"break"}\n`;
    const { ending, out, err } = await agentx(place.sandbox, ["mcp"], input);
    expect(ending).toEqual(exited(0));
    const errors = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: number | null; error: { code: number; message: string } })
      .sort((a, b) => Number(a.id) - Number(b.id));
    expect(errors.map(({ id, error }) => [id, error.code])).toEqual([
      [null, -32_700],
      [1, -32_603],
      [2, -32_603],
    ]);
    expect(errors[1]?.error.message).toContain("was lost");
    expect(err).toContain("was lost");
  });
});
