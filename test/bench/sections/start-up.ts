import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { benchFolder } from "../bench-folder.ts";
import { builtProgram } from "../built-program.ts";
import { measurePairs } from "../pairs.ts";
import { timeRow, type Row, type Section } from "../section.ts";
import { measureFirstRequest } from "../start-up/first-request.ts";
import { writeLongJournal } from "../start-up/long-journal.ts";

const hook = fileURLToPath(new URL("../../fixtures/bench/peak.cjs", import.meta.url));
const asked: { args: string[]; bound: number }[] = [
  { args: ["--version"], bound: 1.1 },
  { args: ["--help"], bound: 1.12 },
  { args: ["status"], bound: 1.35 },
];
const tasks = 1000;
/** The law says 48 MiB, and was written where a bare Node had 39: how much a Node seems to hold depends on the machine's page cache. */
const mostMibBeyondNode = 9;

export const startUp: Section = {
  name: "start-up",
  title: "Start-up",
  measure: async ({ quick }) => {
    if (!existsSync(builtProgram)) throw new Error(`${builtProgram} is not there: npm run build`);
    using folder = benchFolder();
    // Where the journal is found by looking; a folder without one would be git's to explain.
    mkdirSync(join(folder.path, ".git"));
    writeLongJournal(join(folder.path, ".agentx"), tasks);
    const start = (file: string, args: string[], nodeOptions = ""): Promise<{ stderr: string }> =>
      execa(file, args, { cwd: folder.path, env: { NODE_OPTIONS: nodeOptions } });
    const baseline = async (): Promise<void> => void (await start(process.execPath, ["-e", "0"]));
    const peakMib = async (file: string, args: string[]): Promise<number> => {
      const { stderr } = await start(file, args, `--require ${hook}`);
      return Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024;
    };
    const bare = await peakMib(process.execPath, ["-e", "0"]);
    const times: Row[] = [];
    const peaks: Row[] = [];
    for (const { args, bound } of asked) {
      const name = args.join(" ");
      const what = `\`agentx ${name}\`${name === "status" ? ` of ${tasks} tasks` : ""}; against \`node -e 0\``;
      const pairs = await measurePairs(
        {
          baseline,
          ours: async () => void (await start(builtProgram, args)),
        },
        { pairs: quick ? 3 : 20 },
      );
      times.push(timeRow({ name, what, bound }, pairs));
      const beyond = Math.max(0, (await peakMib(builtProgram, args)) - bare);
      peaks.push({
        name,
        what: `most memory (resident) beyond the ${bare.toFixed(0)} MiB of \`node -e 0\`; against what is allowed`,
        ours: `${beyond.toFixed(0)} MiB`,
        baseline: `${mostMibBeyondNode} MiB`,
        ratio: beyond / mostMibBeyondNode,
        bound: 1,
        spread: 1,
      });
    }
    const firsts = await measureFirstRequest({ baseline, pairs: quick ? 3 : 20 });
    return [...times, ...firsts, ...peaks];
  },
};
