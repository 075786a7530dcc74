import { isWorkTaken } from "../engine/is-work-taken.ts";
import type { Standing } from "../report/standing.ts";

/** The standing without the command that takes the work, where there is none left to take. */
export function leftToTake(folder: string, standing: Standing): Standing {
  const { head } = standing;
  return isWorkTaken(folder, head) ? { ...standing, head: { ...head, delivery: null } } : standing;
}
