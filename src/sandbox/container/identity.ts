import type { EngineName } from "./engine.ts";

/** Who the code inside is, so that what it writes into the worktree is the person's. */
export type Identity = { uid: number; gid: number; flags: string[] };

export type Caller = {
  engine: EngineName;
  /** The engine itself runs as the person. */
  isRootless: boolean;
  uid: number;
  gid: number;
};

/** For a caller that is root, inside. */
const ordinaryId = 1000;

/**
 * An ordinary user inside, whose files outside are the caller's. A reason where the engine has no way to that: for docker, root's
 * files can only be written by root inside.
 */
export function identityFor({ engine, isRootless, uid, gid }: Caller): Identity | { reason: string } {
  if (engine === "podman") {
    // The person's number stands for the person; otherwise root inside would.
    if (isRootless) return { uid, gid, flags: ["--userns", "keep-id"] };
    if (uid === 0) return { uid: ordinaryId, gid: ordinaryId, flags: mapToRoot };
    return { uid, gid, flags: [] };
  }
  // The person is root in there and nowhere else, and without capabilities; other numbers could not write the worktree.
  if (isRootless) return { uid: 0, gid: 0, flags: [] };
  if (uid === 0) return { reason: "docker would need root inside for root's files" };
  return { uid, gid, flags: [] };
}

/** A user namespace in which the ordinary user is the caller outside, and root inside nobody. */
const mapToRoot: string[] = ["--uidmap", "--gidmap"].flatMap((flag) => [
  flag,
  `0:100000:${ordinaryId}`,
  flag,
  `${ordinaryId}:0:1`,
  flag,
  `${ordinaryId + 1}:${100_000 + ordinaryId + 1}:${65_536 - ordinaryId - 1}`,
]);
