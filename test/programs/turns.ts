import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { NormalisedRequest, Reply, ServerTurn } from "../model-server/types.ts";

/** Answers the calls one after the other; the last one again and again. */
export function inTurn(...turns: (ServerTurn | ((request: NormalisedRequest) => ServerTurn))[]): Reply {
  let next = 0;
  return (request) => {
    const turn = turns[Math.min(next, turns.length - 1)] ?? {};
    next += 1;
    return typeof turn === "function" ? turn(request) : turn;
  };
}

/** What the last tools said, as the model was given it. */
export function lastToolText(request: NormalisedRequest | undefined): string {
  const results = request?.messages.findLast(({ toolResults }) => toolResults.length > 0)?.toolResults ?? [];
  return results.map(({ text }) => text).join("\n");
}

/** Command lines of what was started in a sandbox and still runs. */
export async function programsInside(sandbox: Sandbox): Promise<string> {
  const command = "for p in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $p; echo; done 2>/dev/null";
  const { output } = await sandbox.exec({ command, timeoutMs: 10_000 });
  return output
    .split("\n")
    .filter(
      (line) =>
        line.trim() !== "" && !/^(bwrap|\/bin\/sh -c for p|tr|\S*bwrap|\S*node .*helper\.ts)\b/.test(line),
    )
    .join("\n");
}
