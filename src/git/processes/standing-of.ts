import type { Repository } from "../repository.ts";
import { type Standing, StandingGit } from "./standing-git.ts";

const standing = new WeakMap<Repository, Map<string, StandingGit>>();

/** The process of a repository that answers one kind of question; its arguments say which. */
export function standingOf(repo: Repository, how: Standing): StandingGit {
  const command = how.args.join(" ");
  const known = standing.get(repo)?.get(command);
  if (known !== undefined) return known;
  const made = new StandingGit(how);
  standing.set(repo, (standing.get(repo) ?? new Map<string, StandingGit>()).set(command, made));
  return made;
}

/** Lets all of a repository's go. They would also go by themselves, and come again when they are asked. */
export function closeStanding(repo: Repository): void {
  for (const git of standing.get(repo)?.values() ?? []) git.close();
}
