/**
 * Text from outside, between two lines that nothing in it can be mistaken for: the fence is longer than any run of
 * backticks inside. `label` says what it is and where it comes from; `language` is empty or a markdown name.
 */
export function fence(text: string, { label, language = "" }: { label: string; language?: string }): string {
  let longest = 3;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const line = "`".repeat(longest + 1);
  const body = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return `${label}\n${line}${language}\n${body}${line}`;
}
