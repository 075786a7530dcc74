/** Where a secret stands in a text: `kind` says what it is and is safe to show, `end` is exclusive. */
export type SecretPlace = { kind: string; start: number; end: number };

/** A secret of the run itself: `kind` is the name of its variable. */
export type OwnSecret = { kind: string; value: string };

/** Looks for one thing at a place where its first characters stand. */
export type Probe = {
  kind: string;
  /** What the text has there, whatever the case; at least four characters, of which the first four are looked for. */
  anchor: string;
  /** @returns what is secret, or null where it only looked like it */
  find: (text: string, at: number) => { start: number; end: number } | null;
};
