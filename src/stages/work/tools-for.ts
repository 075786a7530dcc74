import type { WorkerJob } from "../../agents/agent.ts";
import { isReadOnly, type Role } from "../../core/plan.ts";

/** What a worker of this role may do. */
export function toolsFor(role: Role): WorkerJob["tools"] {
  return isReadOnly(role)
    ? ["read", "search", "list", "ask", "finish"]
    : ["read", "search", "list", "edit", "write", "shell", "ask", "finish"];
}
