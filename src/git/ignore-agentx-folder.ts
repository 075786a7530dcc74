import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AgentxError } from "../core/error.ts";

/**
 * Makes `<root>/.agentx` with its own `.gitignore`, so that the person's is left alone. @returns the folder.
 * @throws AgentxError FOLDER_IN_THE_WAY when something that is no folder has the name.
 */
export async function ignoreAgentxFolder(root: string): Promise<string> {
  const folder = join(root, ".agentx");
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, ".gitignore"), "*\n", { flag: "wx" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOTDIR") throw inTheWay(folder);
    if (code !== "EEXIST") throw error;
    if (!(await stat(folder)).isDirectory()) throw inTheWay(folder);
  }
  return folder;
}

function inTheWay(folder: string): AgentxError {
  return new AgentxError("FOLDER_IN_THE_WAY", {
    where: folder,
    what: "agentx keeps its journal in a folder of this name",
    hint: "move what is there",
  });
}
