/** So many of the last are looked at: what the workers of a plan do changes with its tasks. */
const looksBack = 8;

/** Whether the next sandbox will be needed, by those before it: most workers run a command, most reviewers none. */
export class ExpectedNeed {
  readonly #last = new Map<boolean, boolean[]>();

  /** @param writable what changes files also runs its tests; reviewers and researchers look */
  of(writable: boolean): boolean {
    const last = this.#last.get(writable) ?? [];
    return last.filter((wasNeeded) => wasNeeded).length * 2 > last.length;
  }

  note(writable: boolean, wasNeeded: boolean): void {
    this.#last.set(writable, [...(this.#last.get(writable) ?? []), wasNeeded].slice(-looksBack));
  }
}
