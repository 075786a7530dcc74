import { redactWith } from "../core/secrets/redact.ts";
import type { FindSecrets } from "../core/secrets/find-secrets.ts";
import { shownText } from "./shown-text.ts";

/** A text as it may go to a stream: without secrets, and on a terminal without what would take hold of it. */
export function shownOn(
  stream: { isTTY: boolean },
  { text, findSecrets }: { text: string; findSecrets: FindSecrets },
): string {
  const redacted = redactWith(findSecrets, text);
  return stream.isTTY ? shownText(redacted) : redacted;
}
