/** What a provider's cache sees of a request, in the order in which it looks: the tools, the system prompt, and each message. */
export type RequestPrefix = { head: string; messages: string[] };

/** @param body of a request in Anthropic's, OpenAI's or Google's form */
export function prefixOf(body: string): RequestPrefix {
  const json = JSON.parse(body) as Record<string, unknown>;
  const system = json["system"] ?? json["instructions"] ?? json["systemInstruction"];
  const messages = json["messages"] ?? json["input"] ?? json["contents"];
  if (!Array.isArray(messages)) throw new Error(`a request without messages: ${body.slice(0, 200)}`);
  return { head: textOf([json["tools"], system]), messages: messages.map(textOf) };
}

/** Whether the later request begins with all that the earlier one said, byte for byte. */
export function continues(earlier: RequestPrefix, later: RequestPrefix): boolean {
  return (
    later.head === earlier.head && earlier.messages.every((message, at) => later.messages[at] === message)
  );
}

/** The part of what stands before a request's messages, in bytes, that another request begins with as well: 0 to 1. */
export function sharedHead(one: RequestPrefix, other: RequestPrefix): number {
  const [ours, theirs] = [Buffer.from(one.head), Buffer.from(other.head)];
  const differs = ours.findIndex((byte, at) => byte !== theirs[at]);
  return differs === -1 ? 1 : differs / ours.length;
}

/** Where a cache is told to begin is no part of what it compares. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => (key === "cache_control" ? undefined : part));
}
