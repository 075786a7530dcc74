import { callDoor, exitCode, fieldOf, tellError, textOf, type Terms } from "./agentx-http.ts";

/** `agentx notes`: prints what the person has said since the last time, one paragraph a note; nothing when there is none. */
export async function showNotes(args: string[], { door, refuse }: Terms): Promise<number> {
  if (args.length > 0) return refuse("`notes` takes no arguments");
  const answer = await callDoor(`${door}/agentx/notes`, { method: "GET", headers: {}, body: "" });
  const text = await textOf(answer);
  const notes = fieldOf(text, "notes");
  if (answer.statusCode !== 200 || !Array.isArray(notes)) return tellError(answer.statusCode ?? 0, text);
  if (notes.length > 0) process.stdout.write(`${notes.map((note) => String(note).trim()).join("\n\n")}\n`);
  return exitCode.done;
}
