import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { isAlive } from "../../sys/is-alive.ts";
import { hostLabel } from "./container-args.ts";
import { askEngine, type Engine } from "./engine.ts";

/** Names its maker, so that what a killed one left can be told from what is in use. */
export function containerName(): string {
  return `agentx-${process.pid}-${randomBytes(6).toString("hex")}`;
}

/** Ends and removes containers, whatever state they are in. One that is gone already is as it should be. */
export async function removeContainers(engine: Engine, names: string[]): Promise<void> {
  if (names.length > 0) await askEngine(engine, ["rm", "--force", "--volumes", ...names]);
}

/**
 * A killed agentx closes the stdin of its containers, which ends them; but not those whose helper was stopped from inside. Removes
 * all whose agentx is gone. In a container of its own, agentx has another host name, and other numbers of processes.
 */
export async function removeLeftovers(engine: Engine): Promise<void> {
  const ours = ["--filter", `label=${hostLabel}=${hostname()}`];
  const { stdout } = await askEngine(engine, ["ps", "--all", ...ours, "--format", "{{.Names}}"]);
  await removeContainers(engine, leftoversIn(stdout, isAlive));
}

/** @param listing the name of a container a line */
export function leftoversIn(listing: string, lives: (pid: number) => boolean): string[] {
  return listing.split("\n").flatMap((line) => {
    const [name, pid] = /^agentx-(\d+)-[0-9a-f]+$/.exec(line.trim()) ?? [];
    return name !== undefined && !lives(Number(pid)) ? [name] : [];
  });
}
