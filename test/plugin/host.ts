import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { z } from "zod";
import { systemPath } from "../support/npm-install.ts";
import { installProgram } from "../support/npm-program.ts";
import { program as agentx } from "../support/program.ts";

export const root: string = join(import.meta.dirname, "../..");

/** One line of `claude --output-format stream-json`, as far as the tests read it. */
export type HostLine = {
  type: string;
  session_id?: string;
  skills?: string[];
  result?: string;
  is_error?: boolean;
  permission_denials?: unknown[];
};

const line: z.ZodType<HostLine> = z.object({
  type: z.string(),
  session_id: z.string().exactOptional(),
  skills: z.array(z.string()).exactOptional(),
  result: z.string().exactOptional(),
  is_error: z.boolean().exactOptional(),
  permission_denials: z.array(z.unknown()).exactOptional(),
});

export type Host = {
  /** A new folder, and in it the person's home and temporary files. */
  folder: string;
  /** What Claude Code wanted from elsewhere than this machine: method and address. */
  strayRequests: string[];
  claude: (args: string[], options?: { cwd?: string; modelUrl?: string }) => Promise<Ended>;
  close: () => Promise<void>;
};
type Ended = { exitCode: number | undefined; text: string; lines: HostLine[] };

/** Claude Code as somebody has it who never started it before, with `agentx` on the PATH, and a way out that leads nowhere. */
export async function openHost(): Promise<Host> {
  const program = join(await installProgram("claude"), "claude");
  const folder = mkdtempSync(join(tmpdir(), "agentx-host-"));
  for (const name of ["home", "tmp", "bin"]) mkdirSync(join(folder, name));
  const command = join(folder, "bin", "agentx");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${agentx}" "$@"\n`);
  chmodSync(command, 0o755);
  const wayOut = await openDeadEnd();
  const env = {
    PATH: [join(folder, "bin"), systemPath()].join(delimiter),
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    CLAUDE_CONFIG_DIR: join(folder, "home", ".claude"),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "1",
    ANTHROPIC_API_KEY: "test-key",
    HTTP_PROXY: wayOut.url,
    HTTPS_PROXY: wayOut.url,
    NO_PROXY: "127.0.0.1",
  };
  return {
    folder,
    strayRequests: wayOut.requests,
    claude: async (args, { cwd = folder, modelUrl = wayOut.url } = {}) => {
      const { exitCode, all } = await execa(program, args, {
        cwd,
        env: { ...env, ANTHROPIC_BASE_URL: modelUrl },
        extendEnv: false,
        stdin: "ignore",
        all: true,
        reject: false,
        timeout: 60_000,
      });
      return { exitCode, text: all, lines: all.split("\n").flatMap(readLine) };
    },
    close: async () => {
      await wayOut.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readLine(text: string): HostLine[] {
  return text.startsWith("{") ? [line.parse(JSON.parse(text))] : [];
}

/** A proxy that refuses everything and remembers it. */
async function openDeadEnd(): Promise<{ url: string; requests: string[]; close: () => Promise<void> }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(403).end();
  });
  server.on("connect", (request, socket) => {
    requests.push(`CONNECT ${request.url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
