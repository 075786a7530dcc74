import type { Project } from "../../src/config/detect/toolset.ts";
import type { Role } from "../../src/core/plan.ts";

/** A project that is its files' texts. */
export function projectOf(files: Record<string, string>): Project {
  return { files: Object.keys(files), read: (path) => Promise.resolve(files[path] ?? null) };
}

export function packageJson(manifest: Record<string, unknown>): string {
  return JSON.stringify({ name: "x", ...manifest });
}

export function everyRole(model: string): Record<Role, string[]> {
  return { plan: [model], research: [model], implement: [model], review: [model], resolve: [model] };
}
