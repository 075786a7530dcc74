import { Worker } from "node:worker_threads";
import { FileFailure } from "./files.ts";
import { searchTimeoutMs } from "./protocol.ts";

export type SearchOrder = {
  root: string;
  pattern: string;
  path: string;
  glob: string | null;
  limit: number;
};
/** What the thread answers with. */
export type SearchOutcome =
  | { type: "found"; value: { matches: unknown[]; truncated: boolean } }
  | { type: "failed"; code: string; message: string };

/** Throws FileFailure: EINVAL for a bad pattern, ETIMEDOUT for one that does not end. */
export async function searchFiles(order: SearchOrder): Promise<unknown> {
  const script = import.meta.url.endsWith(".ts") ? "./search-worker.ts" : "./search-worker.js";
  const worker = new Worker(new URL(script, import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: 96 },
  });
  const outcome = await new Promise<SearchOutcome>((resolve, reject) => {
    const late = `the search took more than ${searchTimeoutMs / 1_000} s: use a simpler pattern or a smaller folder`;
    const timer = setTimeout(
      () => resolve({ type: "failed", code: "ETIMEDOUT", message: late }),
      searchTimeoutMs,
    );
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", () => {
      clearTimeout(timer);
      reject(new Error("the search ended without an answer"));
    });
  }).finally(() => worker.terminate());
  if (outcome.type === "failed") throw new FileFailure(outcome.code, outcome.message);
  return outcome.value;
}
