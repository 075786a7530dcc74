import { stringify } from "yaml";
import { commitFiles } from "../support/git.ts";
import { modelEnv, openProject, type Project } from "../support/project.ts";
import { startModelServer, type ModelServer } from "../model-server/server.ts";
import { createActor } from "./actor.ts";

/** A repository, and models on loopback that now and then go wrong. */
export type World = {
  seed: string;
  project: Project;
  server: ModelServer;
  env: Record<string, string>;
  close: () => Promise<void>;
};

/** Red, or killed in the middle, by the tree that it looks at: so the next attempt has other luck. */
const gate = `n=$(cat done/* shared/* 2>/dev/null | cksum | cut -d' ' -f1)
case $((n % 40)) in
  0|1) echo "done/all:1: this tree is out of luck" >&2; exit 1 ;;
  2) kill -9 $$ ;;
esac
if grep -q '^<<<<<<<' shared/*; then echo "shared/a.txt:1: conflict markers" >&2; exit 1; fi
`;

/** A worker of another kind: by its luck it does the task, asks, gives up, changes nothing, or dies. */
const guest = `starts=$(cat "$HOME/starts" 2>/dev/null || echo 0)
echo $((starts + 1)) > "$HOME/starts"
luck=$(echo "$AGENTX_TASK $starts" | cksum | cut -d' ' -f1)
case $((luck % 12)) in
  0) exit 1 ;;
  1) kill -9 $$ ;;
  2) exit 0 ;;
  3) agentx ask "Which one?" --option left --option right > /dev/null ;;
esac
printf '%s\\nguest %s\\n' "$AGENTX_TASK" "$starts" > "done/$AGENTX_TASK.txt"
echo "It is done."
`;

const config = {
  slots: 4,
  gates: { check: "sh check.sh" },
  programs: { script: { command: "sh guest.sh" } },
  limits: { stall: "60s" },
  budget: { run: null },
  protect: "review",
};

export async function openWorld(seed: string): Promise<World> {
  const project = openProject({
    "readme.md": "Many small files.\n",
    "agentx.yaml": stringify(config),
    "check.sh": gate,
    "guest.sh": guest,
    "done/.keep": "",
    "shared/a.txt": "a\n",
    "shared/b.txt": "b\n",
  });
  commitFiles(project.root, {}, "start");
  const server = await startModelServer({ reply: createActor(seed) });
  return {
    seed,
    project,
    server,
    env: modelEnv(server.url),
    close: async () => {
      project.close();
      await server.close();
    },
  };
}
