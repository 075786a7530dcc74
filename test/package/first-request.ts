import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { startModelServer } from "../model-server/server.ts";
import { commitFiles } from "../support/git.ts";
import { modelEnv, openProject } from "../support/project.ts";
import { root, run } from "./support.ts";

export type FirstRequest = {
  /** Of the bundle, without their hashes. */
  parts: string[];
  /** Those of them that were there before the base's gate had ended. */
  besideGate: string[];
  processes: string[];
  /** Node's own modules. */
  builtins: string[];
};

/** What an installed agentx has loaded and started when it sends its first request to a model. */
export async function untilFirstRequest(agentx: string, input: string): Promise<FirstRequest> {
  const server = await startModelServer({ reply: () => ({ say: "ok" }) });
  const project = openProject({});
  try {
    commitFiles(
      project.root,
      {
        "agentx.yaml": 'gates: { test: "sleep 0.3" }\n',
        "prd.md": "# Counting\n\nPeople want to count to two, in files.\n",
        "plan.md": "# Counting\n\n## Tasks\n\n- [ ] Write one.txt `#one`\n",
      },
      "start",
    );
    const written = join(project.folder, "first.json");
    const hook = join(root, "test/fixtures/package/until-first-request.cjs");
    await run(process.execPath, ["--require", hook, agentx, "dispatch", input, "--yes"], {
      cwd: project.root,
      env: { ...project.env, ...modelEnv(server.url), UNTIL_FIRST_REQUEST: written },
    });
    return JSON.parse(readFileSync(written, "utf8")) as FirstRequest;
  } finally {
    project.close();
    await server.close();
  }
}
