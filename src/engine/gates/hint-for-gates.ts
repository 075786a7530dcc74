/** Where gates are to be written: `agentx init` refuses to write over a file that is there. */
export function hintForGates({ text, file }: { text: string | null; file: string }): string {
  if (text === null) return "agentx init writes a file to put gates in";
  return `write them into ${file} under "gates", such as gates: { test: "npm test" }`;
}
