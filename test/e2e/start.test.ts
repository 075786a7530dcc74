import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { startModelServer } from "../model-server/server.ts";
import { modelEnv, openProject } from "../support/project.ts";

const preload = fileURLToPath(new URL("../fixtures/start/loads.cjs", import.meta.url));

/** Each takes a good part of the time of a start, and is wanted later, or by others. */
const notYet = [
  "node_modules/execa/",
  "node_modules/openai/",
  "node_modules/@google/genai/",
  "node_modules/@pydantic/genai-prices/",
  "node_modules/pino/",
  "node_modules/log-update/",
  "src/engine/dispatcher.ts",
  "src/report/",
  "src/sandbox/egress/create-proxy.ts",
];

test("until the planner is asked, nothing is loaded that only comes after it", async () => {
  const project = openProject({ "agentx.yaml": 'gates: { test: "test -d ." }\n' });
  const loads = join(project.folder, "loads");
  const asked = Promise.withResolvers<string>();
  const server = await startModelServer({
    reply: () => {
      asked.resolve(readFileSync(loads, "utf8"));
      return { say: "ok" };
    },
  });
  try {
    const env = { ...modelEnv(server.url), START_LOADS: loads };
    const started = project.start(["dispatch", "Count to two, in files.", "--yes"], { env, preload });
    const ended = started.ended.then(({ stderr }) => `it ended:\n${stderr}`);
    const loaded = await Promise.race([asked.promise, ended]);
    expect(loaded).toContain("node_modules/@anthropic-ai/sdk/");
    expect(notYet.filter((path) => loaded.includes(path))).toEqual([]);
  } finally {
    project.close();
    await server.close();
  }
});
