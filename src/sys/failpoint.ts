/**
 * Everything that agentx does to the world. Each kind is a failpoint before and after: a crash, or a full disk, can come
 * between any two of them. docs/architecture.md says how tests use them.
 */
export type Effect =
  | "lock.acquire"
  | "lock.release"
  | "journal.migrate"
  | "journal.restore"
  | "journal.append"
  | "inbox.post"
  | "inbox.take"
  | "conversation.append"
  | "verdict.store"
  | "standing.keep"
  | "file.write"
  | "file.rename"
  | "tree.remove"
  | "tree.copy"
  | "worktree.record"
  | "worktree.aside"
  | "worktree.head"
  | "checkout.mark"
  | "checkout.write"
  | "index.keep"
  | "lodging.make"
  | "private-git.make"
  | "sandbox.open"
  | "sandbox.close"
  | "command.run"
  | "guest.start"
  | "model.call"
  | `git.${string}`;

export type Failpoint = { effect: Effect; edge: "before" | "after" };

/** May end the process, or throw what the effect could have thrown. */
type Hook = (at: Failpoint) => void;

let hook: Hook | null = null;

/**
 * For tests: a program of theirs registers a hook and then loads agentx. Nothing in agentx calls this, and no flag,
 * variable or file leads here, so the published program has none.
 */
export function hookFailpoints(next: Hook | null): void {
  hook = next;
}

/** Does something to the world. */
export async function effect<T>(name: Effect, work: () => Promise<T>): Promise<T> {
  if (hook === null) return work();
  hook({ effect: name, edge: "before" });
  const done = await work();
  hook({ effect: name, edge: "after" });
  return done;
}

/** As `effect`, for what does not wait. */
export function effectSync<T>(name: Effect, work: () => T): T {
  if (hook === null) return work();
  hook({ effect: name, edge: "before" });
  const done = work();
  hook({ effect: name, edge: "after" });
  return done;
}
