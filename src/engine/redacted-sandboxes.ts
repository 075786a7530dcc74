import { redactStream, redactWith } from "../core/secrets/redact.ts";
import type { ExecRequest, ExecResult, Sandbox, SandboxProvider } from "../sandbox/sandbox.ts";
import type { Secrets } from "../sys/secrets.ts";

/**
 * The run's own secrets are left out of what commands give back, before anything of it is cut or put in a file for the
 * model; out of a log, everything that looks like one.
 */
export function redactedSandboxes(sandboxes: SandboxProvider, secrets: Secrets): SandboxProvider {
  return {
    ...sandboxes,
    open: async (spec) => redacted(await sandboxes.open(spec), secrets),
    run: (spec, request) => redactedRun((asked) => sandboxes.run(spec, asked), { request, secrets }),
  };
}

function redacted(sandbox: Sandbox, secrets: Secrets): Sandbox {
  return { ...sandbox, exec: (request) => redactedRun(sandbox.exec, { request, secrets }) };
}

async function redactedRun(
  run: Sandbox["exec"],
  { request, secrets: { findOwn, findAny } }: { request: ExecRequest; secrets: Secrets },
): Promise<ExecResult> {
  const result = await run({ ...request, redactLog: redactStream(findAny) });
  return { ...result, output: redactWith(findOwn, result.output) };
}
