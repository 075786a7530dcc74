import { AgentxError } from "../../core/error.ts";

/**
 * A sandbox that died, ended from outside or by its limits, has said nothing of the change: it is asked once more, which
 * is told, and `lost` is what is said where the second dies too.
 */
export async function askAgain<T>(
  ask: () => Promise<T>,
  { lost, onActivity }: { lost: (reason: string) => T; onActivity: (text: string) => void },
): Promise<T> {
  const first = await unlessLost(ask);
  if (!("reason" in first)) return first.said;
  onActivity(`once more: ${first.reason}`);
  const second = await unlessLost(ask);
  return "reason" in second ? lost(second.reason) : second.said;
}

async function unlessLost<T>(ask: () => Promise<T>): Promise<{ said: T } | { reason: string }> {
  try {
    return { said: await ask() };
  } catch (error) {
    if (!(error instanceof AgentxError) || error.code !== "SANDBOX_LOST") throw error;
    return { reason: error.problems.map(({ what }) => what).join("; ") };
  }
}
