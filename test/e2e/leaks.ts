import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Project, Ran } from "./project.ts";

/** A text in the forms in which programs print it; of base64, what is the same wherever it stands in something longer. */
function formsOf(secret: string): string[] {
  const inner = [0, 1, 2].map((shift) => {
    const text = Buffer.from(`${"x".repeat(shift)}${secret}`).toString("base64");
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret)).slice(3, -3),
    encodeURIComponent(secret),
    Buffer.from(secret).toString("hex"),
    Buffer.from(secret).toString("hex").toUpperCase(),
    ...inner,
    ...inner.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
  ];
}

/** Where a secret stands in anything that a project's runs have left behind or said: files, git objects, output. */
export function leaksOf(secret: string, { project, ran }: { project: Project; ran: Ran[] }): string[] {
  const forms = formsOf(secret);
  const holds = (text: string): boolean => forms.some((form) => text.includes(form));
  const found = ["repo", "state", "home"]
    .flatMap((folder) => filesIn(join(project.folder, folder)))
    .filter((file) => holds(readFileSync(file, "latin1")));
  const objects = git(project.root, ["cat-file", "--batch-all-objects", "--batch"]);
  const said = ran.flatMap(({ stdout, stderr }, at) => [
    ...(holds(stdout) ? [`stdout ${at}`] : []),
    ...(holds(stderr) ? [`stderr ${at}`] : []),
  ]);
  return [...found, ...(holds(objects) ? ["git objects"] : []), ...said];
}

/** Everything that can be reached from a ref, as one text. */
export function reachableFrom(root: string, ref: string): string {
  const ids = git(root, ["rev-list", "--objects", "--no-object-names", ref]);
  return git(root, ["cat-file", "--batch"], ids);
}

function git(cwd: string, args: string[], input = ""): string {
  return execFileSync("git", args, { cwd, input, maxBuffer: 2 ** 28 }).toString("latin1");
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}
