import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { startModelServer } from "../../model-server/server.ts";
import { commitFiles } from "../../support/git.ts";
import { modelEnv, openProject, type Project } from "../../support/project.ts";
import { builtProgram } from "../built-program.ts";
import { measurePairs } from "../pairs.ts";
import { type Row, timeRow } from "../section.ts";

const bound = 1.7;

const files = {
  "agentx.yaml": 'gates: { test: "test -d ." }\n',
  "prd.md": "# Counting\n\nPeople want to count to two, in files.\n",
  "plan.md": "# Counting\n\n## Tasks\n\n- [ ] Write one.txt `#one`\n",
};

type Measuring = { baseline: () => Promise<void>; pairs: number };

/** From the start of `agentx dispatch` until a model server has the first request: the planner's, and a worker's. */
export async function measureFirstRequest(measuring: Measuring): Promise<Row[]> {
  return [
    await measure("prd.md", "the planner's first request", measuring),
    await measure("plan.md", "the first worker's, behind the base's gate", measuring),
  ];
}

/** The first asks it to come to an end, the second to stop at once. One that came while it ends would kill it, and nothing be kept. */
function interruptUntilItEnds(child: ChildProcess): void {
  const again = setInterval(() => child.kill("SIGINT"), 1000);
  child.once("exit", () => clearInterval(again));
}

async function measure(file: string, what: string, { baseline, pairs }: Measuring): Promise<Row> {
  let asked = Promise.withResolvers<void>();
  const server = await startModelServer({
    reply: () => {
      asked.resolve();
      return { say: "ok" };
    },
  });
  let project: Project | null = null;
  try {
    const makeReady = async (): Promise<void> => {
      project?.close();
      project = openProject({});
      commitFiles(project.root, files, "start");
      asked = Promise.withResolvers();
      await Promise.resolve();
    };
    const startAndEnd = async (end: (child: ChildProcess) => void): Promise<void> => {
      if (project === null) throw new Error("nothing was made ready");
      const env = { ...project.env, ...modelEnv(server.url) };
      // A process group of its own, which ends as soon as the request is there.
      const child = spawn(builtProgram, ["dispatch", file, "--yes"], {
        cwd: project.root,
        env,
        stdio: "ignore",
        detached: true,
      });
      const ended = once(child, "exit");
      await Promise.race([asked.promise, ended.then(() => Promise.reject(new Error(`${file}: it ended`)))]);
      end(child);
      await ended;
    };
    const ours = (): Promise<void> => startAndEnd((child) => void child.kill("SIGKILL"));
    // As on any machine but for the very first time: what is compiled is kept where a program comes to its end.
    await makeReady();
    await startAndEnd(interruptUntilItEnds);
    const found = await measurePairs({ baseline, ours, makeReady }, { pairs });
    const about = { name: `dispatch ${file}`, what: `until ${what}; against \`node -e 0\``, bound };
    return timeRow(about, found);
  } finally {
    await server.close();
    (project as Project | null)?.close();
  }
}
