/** One thing that `agentx doctor` looked at. */
export type HealthRow = {
  name: string;
  /** warn: agentx works, but not as well as it could; fail: a run would not start. */
  health: "ok" | "warn" | "fail";
  what: string;
  /** The next step for the person; empty when there is none to take. */
  fix: string;
};
