import { mkdirSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { join } from "node:path";
import type { Sandbox, SandboxProvider, SandboxSpec } from "../../src/sandbox/sandbox.ts";
import { specFor, temporaryFolder } from "./support.ts";

/** A real server on a unix socket in `door`. */
export async function serveAt(door: string, listener: RequestListener): Promise<Server & AsyncDisposable> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(join(door, "s"), resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return Object.assign(server, { [Symbol.asyncDispose]: close });
}

export type Doored = { root: string; door: string; sandbox: Sandbox } & AsyncDisposable;

/** A sandbox with a door that nobody listens at yet. */
export async function openDoored(
  provider: SandboxProvider,
  more: Partial<SandboxSpec> = {},
): Promise<Doored> {
  const folder = temporaryFolder();
  const [root, door] = [join(folder.path, "root"), join(folder.path, "door")];
  mkdirSync(root);
  mkdirSync(door);
  const sandbox = await provider.open(specFor(root, { door, ...more }));
  const dispose = async (): Promise<void> => {
    await sandbox.close();
    folder[Symbol.dispose]();
  };
  return { root, door, sandbox, [Symbol.asyncDispose]: dispose };
}
