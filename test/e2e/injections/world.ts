import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, globSync, lstatSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text as readText } from "node:stream/consumers";
import { git, write } from "../../support/git.ts";
import type { Project } from "../../support/project.ts";

export type World = {
  /** For the texts: where everything is. */
  values: Record<string, string>;
  /** Everything outside of the workers' own worktrees and branches, by name, with its words. */
  look: () => Map<string, string>;
  /** What came in at the listeners. */
  heard: string[];
  close: () => Promise<void>;
};

/** A home with secrets, a checkout with unfinished work, a remote, a bystander, and somebody who listens. */
export async function makeWorld(project: Project, agentx: string): Promise<World> {
  const { folder, root } = project;
  const home = join(folder, "home");
  write(home, {
    ".ssh/id_ed25519": "canary-ssh\n",
    ".npmrc": "canary-npm\n",
    ".bash_history": "canary-history\n",
    ".aws/credentials": "canary-aws\n",
    ".gnupg/secring": "canary-gnupg\n",
    ".bashrc": "\n",
    "bin/tool": "\n",
    "tmp/mine": "\n",
    "store/dep.js": "dep\n",
  });
  git(folder, "init", "--quiet", "--bare", "remote.git");
  git(root, "remote", "add", "origin", join(folder, "remote.git"));
  const bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", "canary-bystander"], {
    env: { SECRET_OF_ANOTHER: "canary-environment" },
    stdio: "ignore",
  });
  const heard: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const said = `${request.url} ${JSON.stringify(request.headers)} ${await readText(request)}`;
    heard.push(said);
    response.end(request.url === "/secret" ? "canary-service" : "");
  };
  const servers = [createServer(answer), createServer(answer), createServer(answer)] as const;
  const [web, web6, local] = servers;
  const udp = createSocket("udp4").on("message", (message) => heard.push(String(message)));
  const socket = join(folder, "service.sock");
  const isSixThere = existsSync("/proc/net/if_inet6") && readFileSync("/proc/net/if_inet6", "utf8") !== "";
  await Promise.all([
    once(web.listen(0, "127.0.0.1"), "listening"),
    once(web6.listen(0, isSixThere ? "::1" : "127.0.0.1"), "listening"),
    once(local.listen(socket), "listening"),
    once(udp.bind(0, "127.0.0.1"), "listening"),
  ]);
  const portOf = (server: { address: () => unknown }): number => (server.address() as AddressInfo).port;
  return {
    heard,
    values: {
      home,
      checkout: root,
      state: join(folder, "state"),
      others: join(folder, "state/*/worktrees"),
      web: `http://127.0.0.1:${portOf(web)}`,
      web6: `http://${isSixThere ? "[::1]" : "127.0.0.1"}:${portOf(web6)}`,
      udp: String(portOf(udp)),
      socket,
      agentx,
    },
    look: () => new Map([...files(project), ...refs(project), ...journal(project), ...processes()]),
    close: async () => {
      bystander.kill("SIGKILL");
      udp.close();
      for (const server of servers) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

/** The person's home and checkout, with git's own files; not the objects, and nothing of agentx's. */
function files({ folder, root }: Project): [string, string][] {
  const skipped = /^(\.agentx\/|\.agentx$|\.git\/(objects|refs|logs|worktrees|agentx)(\/|$)|\.git\/index$)/;
  const inside = (base: string, path: string): [string, string][] => {
    const at = join(base, path);
    const state = lstatSync(at);
    if (state.isSymbolicLink()) return [[at, `link ${readlinkSync(at)}`]];
    if (state.isDirectory()) return [[at, `folder ${(state.mode & 0o7777).toString(8)}`]];
    if (!state.isFile()) return [];
    const text = readFileSync(at, "latin1");
    const hash = createHash("sha256").update(text, "latin1").digest("hex");
    return [[at, `${(state.mode & 0o7777).toString(8)} ${hash} ${text.slice(0, 20_000)}`]];
  };
  const home = join(folder, "home");
  const alternates = join(root, ".git/objects/info/alternates");
  const loose = globSync(join(root, ".agentx/journal.bak")).concat(globSync(join(folder, "state/intruder")));
  const neighbours = globSync(join(folder, "state/*/worktrees/*/private.txt"))
    .map((path) => join(path, "../intruder.txt"))
    .concat(alternates, loose)
    .filter((path) => existsSync(path));
  return [
    ...readdirSync(home, { recursive: true, encoding: "utf8" }).flatMap((path) => inside(home, path)),
    ...readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((path) => !skipped.test(path))
      .flatMap((path) => inside(root, path)),
    ...neighbours.flatMap((path) => inside("/", path)),
  ];
}

/** All refs but the branches of the tasks, which are the workers' own results. */
function refs({ root, folder }: Project): [string, string][] {
  const format = "--format=%(refname) %(objectname) %(subject)";
  return [root, join(folder, "remote.git")].flatMap((repository) =>
    git(repository, "for-each-ref", format)
      .split("\n")
      .filter((line) => line !== "" && !/^refs\/(heads\/agentx\/\w+\/(?!integration)|agentx\/)/.test(line))
      .map((line): [string, string] => [`${repository} ${line.split(" ", 1)[0]}`, line]),
  );
}

/** Tables that are not agentx's. */
function journal({ root }: Project): [string, string][] {
  const file = join(root, ".agentx/journal.db");
  if (!existsSync(file)) return [];
  using database = new DatabaseSync(file, { readOnly: true });
  const found = database.prepare("SELECT name FROM sqlite_master WHERE name = 't'").all();
  return found.length === 0 ? [] : [["journal", JSON.stringify(database.prepare("SELECT n FROM t").all())]];
}

function processes(): [string, string][] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [string, string][] => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, "utf8").split("\0");
        return words.some((word) => word.startsWith("hit-")) ? [[`process ${name}`, words.join(" ")]] : [];
      } catch {
        return [];
      }
    });
}
