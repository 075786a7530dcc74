import type { ExecRequest, ExecResult, SandboxProvider, SandboxSpec } from "../sandbox.ts";

/** One command in a sandbox of its own where that takes a helper. */
export async function runInOpened(
  open: SandboxProvider["open"],
  spec: SandboxSpec,
  request: ExecRequest,
): Promise<ExecResult> {
  await using sandbox = await open(spec);
  return await sandbox.exec(request);
}

/** A provider all of whose commands take one. */
export function withHelpers(provider: Omit<SandboxProvider, "run">): SandboxProvider {
  return { ...provider, run: (spec, request) => runInOpened(provider.open, spec, request) };
}
