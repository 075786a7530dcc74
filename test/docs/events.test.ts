import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** `sameModel | null`, `agents?`: as the page writes the keys of an event. */
type Keys = Map<string, string[]>;

/** What the type says: each event's keys, in their order. */
function declared(): Keys {
  const [, union = ""] = read("src/core/event.ts")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .split("export type EventBody =");
  const [body = ""] = union.split(/;\s+export /);
  return new Map(membersOf(body).map((member) => keysOf(member)));
}

/** The `{ … }` of a union, without those inside of them. */
function membersOf(text: string): string[] {
  const members: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: brace, index } of text.matchAll(/[{}]/g)) {
    if (brace === "{" && depth === 0) from = index + 1;
    depth += brace === "{" ? 1 : -1;
    if (depth === 0) members.push(text.slice(from, index));
  }
  return members;
}

function keysOf(member: string): [string, string[]] {
  const flat = member.replaceAll(/\{[^{}]*\}/g, "object");
  const [type, ...keys] = flat.split(";").flatMap((field) => {
    const found = /^\s*(\w+)(\??): ([\s\S]+)$/.exec(field);
    return found === null ? [] : [found];
  });
  const written = keys.map(
    ([, name, optional, is = ""]) => `${name}${optional}${/\| null\b/.test(is) ? " | null" : ""}`,
  );
  return [/"(.+)"/.exec(type?.[3] ?? "")?.[1] ?? "", written];
}

function documented(): Keys {
  const [, section = ""] = read("docs/cli.md").split("\n## Events\n");
  return new Map(
    [...section.matchAll(/^\| `(\w+\.\w+)` \| .* \|((?: `[^`]+`,?)*) \|$/gm)].map(
      ([, type = "", keys = ""]) => [
        type,
        [...keys.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => key.replace(String.raw`\|`, "|")),
      ],
    ),
  );
}

test("docs/cli.md has every event with its keys, which may be left out, and which may be null", () => {
  expect(declared().size).toBeGreaterThan(30);
  expect(declared().get("review.finished")).toContain("sameModel | null");
  const byType = (keys: Keys): [string, string[]][] => [...keys].toSorted(([a], [b]) => a.localeCompare(b));
  expect(byType(documented())).toEqual(byType(declared()));
});
