import { redactStream, redactWith } from "../core/secrets/redact.ts";
import type { Sandbox, SandboxProvider } from "../sandbox/sandbox.ts";
import type { Secrets } from "../sys/secrets.ts";

/**
 * The run's own secrets are left out of what commands give back, before anything of it is cut or put in a file for the
 * model; out of a log, everything that looks like one.
 */
export function redactedSandboxes(sandboxes: SandboxProvider, secrets: Secrets): SandboxProvider {
  return { ...sandboxes, open: async (spec) => redacted(await sandboxes.open(spec), secrets) };
}

function redacted(sandbox: Sandbox, { findOwn, findAny }: Secrets): Sandbox {
  return {
    ...sandbox,
    exec: async (request) => {
      const result = await sandbox.exec({ ...request, redactLog: redactStream(findAny) });
      return { ...result, output: redactWith(findOwn, result.output) };
    },
  };
}
