import { measurePairs } from "../pairs.ts";
import { playCore } from "../scale/core-work.ts";
import { timeRow, type Section } from "../section.ts";

const fewest = 10;
const sizes = [100, 1000];
const steepest = 1.5;

export const scale: Section = {
  name: "scale",
  title: "Scale: the core's time for 1,000 tasks, in runs of 100 and of 1,000, against 100 runs of 10",
  measure: async ({ quick }) => {
    const rows = [];
    for (const size of sizes) {
      const most = Math.max(...sizes);
      const play = (tasks: number) => async (): Promise<void> => {
        for (let run = 0; run < most / tasks; run += 1) playCore(tasks);
      };
      const pairs = await measurePairs(
        { baseline: play(fewest), ours: play(size) },
        { pairs: quick ? 3 : 20 },
      );
      const what = `each event applied, decided and asked about, in runs of ${size} tasks; against runs of ${fewest}`;
      rows.push(timeRow({ name: `core, ${size} tasks`, what, bound: steepest }, pairs));
    }
    return rows;
  },
};
